"""All that knows sound files; mutagen is used nowhere else."""
