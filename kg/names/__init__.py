"""Stage 4b: named things found by their form: meetings, campaigns, policies, incidents.

Left boundaries are found by the words that cannot belong to a name (召开, 开展, 吸取 …); names are given as
the guidelines want them: without date, place, quotation marks or region prefix.
"""

from kg.names.campaigns import canonical, find_campaigns, titled_campaign
from kg.names.incidents import find_incidents
from kg.names.meetings import find_meetings, one_name
from kg.names.policies import find_policies

__all__ = [
    "canonical",
    "find_campaigns",
    "find_incidents",
    "find_meetings",
    "find_policies",
    "one_name",
    "titled_campaign",
]
