"""The demo: invented sample sources that speak the real protocols, and the story that it tells."""
