"""One file per thing a clerk does: (command, desk) -> result. The only writers; each commits once and never waits for a line.

A map, in the order of a case's life; ADD A USE CASE HERE as one file and one name below (a test compares the two):

    the desk          desk, writing, witness
    who is here       setup, people_of_window, clerk_list
    taking a case     intake, taking_cards, planning, asking, beside, knowing, consent, thumbprint, showing, template, shelf, accept,
                      nothing_dropped, settling, emergency
    a case goes on    moves, correction_term, grounds, completing, special, promises, deciding, rate, archiving
    papers            printing, counting_prints, checking_papers, printed_lists, as_of, handwritten_papers
    what waits        today, deadlines_watch, day_end
    the line          news, code_checks, hall_cases, mending, sending_anew, offered_catalogue, guide_errors
    looking           queries, figures, looking, unmasking, journal_view, journal_words
    what is kept      keeping, persons, own_places, own_sheet, own_entry, journal_out
    at the bedside    visiting
    the program       updating
"""
