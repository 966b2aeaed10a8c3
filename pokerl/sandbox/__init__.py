"""Sandbox tiers for model-written code: tried before use, recorded by name, never silently weaker.

tier = choose()
process = tier.launch([sys.executable, "-m", "worker"], Policy(readable=(folder,)), (socket.fileno(),))
...
tier.kill(process)
"""

from pokerl.sandbox.choose import choose
from pokerl.sandbox.policy import Policy
from pokerl.sandbox.probe import TierReport, probe
from pokerl.sandbox.tier import Tier

__all__ = ["Policy", "Tier", "TierReport", "choose", "probe"]
