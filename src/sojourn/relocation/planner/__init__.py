"""The relocation planner: travelling units, hard rules, strict order of levels, coaches.

It sees the consequence of a flag (a need), never the flag; region, language and needs, never
nationality.
"""
