"""Constants of nature as the SI defines them (BIPM, SI Brochure, 9th edition, section 2.2): exact."""

from __future__ import annotations

PLANCK = 6.62607015e-34
"""J s"""
LIGHT = 299_792_458.0
"""m/s"""
ELECTRONVOLT = 1.602176634e-19
"""J"""
