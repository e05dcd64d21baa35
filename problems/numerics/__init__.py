"""Mathematics that several fields share: pure functions of arrays, no problem and no solver."""
