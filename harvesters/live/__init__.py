"""Sources that can be asked while somebody searches; a further kind is one file in this package."""

from harvesters.live.base import Found as Found
from harvesters.live.base import LiveHit as LiveHit
from harvesters.live.base import LiveSearch as LiveSearch
from harvesters.live.base import live_kinds as live_kinds
from harvesters.live.base import live_search as live_search
