"""``python -m pokerl.states``: the process in which a state from elsewhere is tried."""

from pokerl.states.foreign import main

main()
