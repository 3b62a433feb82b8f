"""Pages for the hall's administrator: what arrived, what was refused, windows, enrolment, journals. No case content is shown."""
