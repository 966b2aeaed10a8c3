"""The one error tree of pokerl.

    PokerlError                 exit 1   something failed; the message says what, the remedy what to do
    ├── UsageProblem            exit 2   the caller gave something that cannot work
    │   ├── RomProblem                   a ROM is missing, damaged or unknown
    │   ├── InterfaceProblem             an interface breaks its contract or does not import
    │   ├── RunFolderProblem             a run folder is missing, cut short or of another version
    │   ├── StateRejected                a savestate is damaged, foreign or of another version
    │   ├── ConfigurationProblem         a setting, key or file is missing or wrong
    │   └── SandboxUnavailable           no sandbox tier works here
    ├── BudgetSpent             exit 3   a budget ran out; what was reached is kept
    ├── AuditFailed             exit 4   a replay disagrees with the record, or the record is damaged
    ├── CapabilityDenied                 the mode or the interface does not allow this act
    ├── ModelProblem                     a model endpoint failed for good
    ├── WireProblem                      a message was malformed, too large or the other side is gone
    ├── WorkerLost                       the process with model-written code died or hung
    └── MachineLost                      an emulator process died or hung

Every message is one sentence; ``remedy`` is a second one that tells the reader what to do about it.
"""

from __future__ import annotations


class PokerlError(Exception):
    """Root of everything that pokerl raises on purpose.

    Args:
        message: one sentence that says what is wrong.
        remedy: one sentence that says what to do about it; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageProblem(PokerlError):
    """The caller gave something that cannot work."""

    exit_code = 2


class RomProblem(UsageProblem):
    """A ROM is missing, damaged or unknown."""


class InterfaceProblem(UsageProblem):
    """An interface breaks its contract or does not import."""


class RunFolderProblem(UsageProblem):
    """A run folder is missing, cut short or of another version."""


class StateRejected(UsageProblem):
    """A savestate is damaged, foreign or of another version."""


class ConfigurationProblem(UsageProblem):
    """A setting, key or file is missing or wrong."""


class SandboxUnavailable(UsageProblem):
    """No sandbox tier works on this machine."""


class BudgetSpent(PokerlError):
    """A budget ran out; what was reached until then is kept."""

    exit_code = 3


class AuditFailed(PokerlError):
    """A replay disagrees with the record, or the record is damaged."""

    exit_code = 4


class CapabilityDenied(PokerlError):
    """The mode or the interface does not allow this act."""


class ModelProblem(PokerlError):
    """A model endpoint failed for good."""


class WireProblem(PokerlError):
    """A message was malformed, too large, or the other side is gone."""


class WorkerLost(PokerlError):
    """The process that runs model-written code died or hung."""


class MachineLost(PokerlError):
    """An emulator process died or hung."""
