"""The time machine: any record, list or the whole company as of a moment, and the way back to it.

History is the one source: from today's row every change since the moment is walked back.
"""
