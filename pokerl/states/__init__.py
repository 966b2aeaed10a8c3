"""Start states by name: kept under ``savestates/``, imported from elsewhere, made by hand, taken out of runs."""
