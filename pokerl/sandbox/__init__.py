"""Tiers that keep model-written code from the rest of the computer."""
