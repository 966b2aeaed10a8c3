"""Which spent resources end a run."""

from __future__ import annotations

from pokerl.budget import RESOURCES, Budget, Resource
from pokerl.errors import BudgetSpent


def exhausted(budget: Budget) -> Resource | None:
    """The first resource that ran out and without which an agent cannot go on.

    Without ``sub_calls`` it can: only its sub-calls are refused.
    """
    for resource in RESOURCES:
        left = budget.remaining(resource)
        if resource != "sub_calls" and left is not None and left <= 0:
            return resource
    return None


def check(budget: Budget) -> None:
    """Raise :class:`~pokerl.errors.BudgetSpent` when a run cannot go on."""
    if resource := exhausted(budget):
        raise BudgetSpent(f"The budget of {budget.name} is spent: no {resource} left.")
