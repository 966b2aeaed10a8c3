"""What a game is: profiles, symbols, text, state reader, milestones."""
