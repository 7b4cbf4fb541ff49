"""What happened: trajectories, who arrived and when, and the data that says so. Nothing here writes or draws."""
