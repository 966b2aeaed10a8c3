"""The engine of recursive language models: loop, worker, models, ledger."""
