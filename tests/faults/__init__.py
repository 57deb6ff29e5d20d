"""The program with a fault put in its way: killed, interrupted or refused at one call that changes the disk."""
