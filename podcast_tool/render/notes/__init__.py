"""An article -> each spelling of the show notes; all from the one value, nh3 behind all that is HTML."""
