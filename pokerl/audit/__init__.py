"""Capability use, provenance of milestones, catalogue of exploits, report."""
