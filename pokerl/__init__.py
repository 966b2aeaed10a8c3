"""pokerl: let a model build the interface through which a model plays a game."""

__version__ = "0.1.0"

from pokerl.registration import register as _register

_register()
