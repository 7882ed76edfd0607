"""What takes too long for every day: thousands of seeded faults, ten thousand loads."""
