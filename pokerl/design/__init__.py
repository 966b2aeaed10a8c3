"""The designer: workspace, interface contract, evaluation, lineage."""
