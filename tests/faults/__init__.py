"""What befalls a wall in months alone, done to a real one, and what a visitor saw of it."""
