"""Where the code departs from domain.md, each departure with its reason; none may stand idle.

A key is the move and the fact about it; ``from M7`` covers all that is missing of it there.
"""

NOT_YET = {
    "hazard": {
        "report_lead guard no_duplicate": "1: nothing compares a lead with the hazards there are",
        "fail_recheck duty consider_penalty": "8: a second failure proposes no penalty",
        "regrade form evidence": "9: new evidence may be annexed; the opinion alone is taken",
        "accept_plan by X1": "17: experts take no part in the review of a plan",
        "return_plan by X1": "17: likewise",
        "pass_acceptance guard two_officers_in_group": "22, 15.8: one officer and two experts do",
        "fail_acceptance guard two_officers_in_group": "22, 15.8: likewise",
        "fail_acceptance duty consider_penalty": "23: a failed acceptance proposes no penalty",
        "close guard report_a_complete": "24: what record_report replaced stays incomplete",
        "close guard report_b_held": "24: there is no dual report",
        "close guard penalties_decided": "24: there are no penalties",
        "close guard closure_publication_drafted": "24: published afterwards, without a draft",
        "void guard correction_published": "30: no public correction is asked for",
        "list guard level_of_own_place": "15.4: any commission lists at any level, 国家级 too",
        "list guard head_lists_in_own_name": "15.4: a head lists as the commission does",
        "list form lead_department_id": "15.4: the lead department is a line of text",
        "list form lead_official_id": "15.4: the responsible leader is a line of text",
        "serve_notice from M4": "15.5: service is possible in M3 only",
        "serve_notice from M5": "15.5: likewise",
        "serve_notice from M6": "15.5: likewise",
        "serve_notice from M7": "15.5: likewise",
        "acknowledge_notice from M4": "15.5: likewise",
        "acknowledge_notice from M5": "15.5: likewise",
        "acknowledge_notice from M6": "15.5: likewise",
        "acknowledge_notice from M7": "15.5: likewise",
        "file_plan from M5": "15.5: a plan is filed in M3 only",
        "file_plan from M6": "15.5: likewise",
        "file_plan from M7": "15.5: likewise",
        "request_acceptance guard file_after_treatment_per_task": "15.5: one file for all tasks",
        "term_reached guard served": "15.5: T is enforced without service too",
        "close guard listing_published": "15.6: a case closes without its publication",
        "close guard proposals_decided": "15.6: open proposals stay open",
        "file_upward from M9": "15.6: a filing that is owed cannot be made up for after closing",
        "publish_listing from M9": "15.6: likewise a publication",
        "regrade sets deadline": "15.7: the general term stays on the case",
        "designate guard funds_above_zero": "15.7: zero is accepted",
        "designate guard fit_subject": "15.7: any organisation may be designated",
        "designate form allocation": "15.7: the source is asked for, the allocation is not",
        "pass_acceptance guard expert_in_group": "4.5: three who are no experts do",
        "fail_acceptance guard expert_in_group": "4.5: likewise",
        "look_back form same_part": "15.8: no field of its own",
        "look_back duty consider_reopening": "15.8: a recurrence opens nothing",
        "reopen duty check_acceptors": "15.8: nobody owes the liability check",
    },
    "listing": {
        "upgrade guard no_level_skipped": "15.4: from the county straight to the state is accepted",
        "upgrade duty serve_notice": "15.4: no new notice is issued",
        "upgrade duty publish_listing": "15.4: no new publication is owed",
    },
    "deferral": {},
}
"""What the dossier asks for and the code does not do; whoever mends one takes it out here. Guards,
duties and fields that are not there yet have a name of our choosing: who makes them may rename."""

WITHHELD = {
    "hazard": {
        "shut_down by R1": "27: the inspector's checklist is part of the government's facts",
    },
}
"""What the dossier gives and the code withholds for good."""

BEYOND = {
    "hazard": {
        "report_lead by E1": "the head of the unit may report what the safety officer may",
        "report_lead by R2": "any officer of the department may register a lead",
        "report_lead by C1": "leads are also assigned by the upper level through the office",
        "report_lead by T1": "the township patrols (§8) and finds hazards",
        "report_lead at E1=unit": "the unit's people report for their unit",
        "report_lead at E2=unit": "likewise",
        "report_lead at R1=any": "officers report what they see, wherever they see it",
        "report_lead at R2=any": "likewise",
        "report_lead at T1=any": "likewise",
        "report_lead at C1=any": "likewise",
        "report_lead guard own_unit_or_department": "a unit reports on itself, not on its neighbour",
        "report_lead guard no_tip_off": "a tip-off waits for its own noun (9.29, sealed)",
        "report_lead guard found_in_the_past": "nothing was found tomorrow",
        "grade_general guard with_unit": "somebody has to be ordered",
        "grade_general guard deadline_ahead": "a term ends after it begins",
        "grade_general guard deadline_within_cap": "§4.3, longest term",
        "report_fixed by E1": "the head may report what the safety officer may",
        "pass_recheck guard danger_over": "nothing is struck off while danger is recorded",
        "pass_recheck guard stop_lifted": "row 24, for general hazards",
        "fail_recheck guard deadline_ahead": "a term ends after it begins",
        "fail_recheck guard deadline_within_cap": "§4.3, longest term",
        "fail_recheck guard within_cap_of_first_term": "§15.5, for general hazards",
        "fail_recheck guard room_for_a_term": "likewise, where the usual term is given",
        "grade_major by R4": "the head of the department may be the second who confirms",
        "grade_major R4 signs": "likewise",
        "propose_listing guard with_unit": "§4.7: without a subject, row 12 first",
        "propose_listing guard no_proposal_yet": "§10.3: one active level",
        "propose_listing guard deadline_ahead": "a term ends after it begins",
        "propose_listing guard plan_days_within_cap": "§10.4, K8: at most 30 days",
        "propose_listing guard violations_from_catalogue": "§4.2: the provisions violated",
        "propose_listing guard other_places_differ": "§4.1, matrix: cross-county goes to the city",
        "list guard violations_from_catalogue": "§4.2: the provisions violated",
        "list guard other_places_differ": "§4.1, matrix: cross-county goes to the city",
        "stop_production guard stops_something": "§9.16: a stop says what stands still",
        "resume_production guard production_stands_still": "art. 65: after a stop",
        "list guard with_unit": "§4.7: without a subject, row 12 first",
        "list guard proposal_waits": "§8: a proposal by somebody else comes first",
        "list guard deadline_ahead": "a term ends after it begins",
        "list guard plan_days_within_cap": "§10.4, K8: at most 30 days",
        "order_rectification guard with_unit": "somebody has to be ordered",
        "order_rectification guard deadline_ahead": "a term ends after it begins",
        "serve_notice guard sealed_paper": "only a paper that exists can be served",
        "serve_notice guard not_served_yet": "the plan's term runs once; then correct_service",
        "acknowledge_notice guard sealed_paper": "likewise",
        "acknowledge_notice guard not_served_yet": "likewise",
        "publish_listing guard publication_in_the_past": "recorded after it happened",
        "publish_closure guard publication_in_the_past": "recorded after it happened",
        "file_plan guard served": "§10.4, K8 runs from service",
        "report_progress by E1": "the head may report what the safety officer may",
        "request_acceptance guard file_after_treatment": "§15.5, until tasks are items",
        "ask_term guard from_the_higher_commission": "somebody has to be asked",
        "set_term guard deadline_ahead": "a term ends after it begins",
        "request_acceptance guard no_open_deferral": "a request is decided or withdrawn first",
        "pass_acceptance guard danger_over": "nothing is accepted while danger is recorded",
        "fail_acceptance guard deadline_ahead": "a term ends after it begins",
        "close guard danger_over": "nothing is struck off while danger is recorded",
        "propose_shutdown guard no_open_deferral": "a request is decided or withdrawn first",
        "refuse_shutdown guard deadline_ahead": "a term ends after it begins",
        "reopen by C2": "the chair may do what their office may",
    },
    "listing": {
        "upgrade guard deadline_ahead": "a term ends after it begins",
    },
    "deferral": {
        "apply guard none_pending": "one application at a time",
        "apply guard asks_later_date": "more time is later",
        "grant guard grants_later_date": "more time is later, and not more than was asked for",
    },
}
"""What the code allows, or asks for, beyond the dossier."""

MOVES_TO_COME = {
    "agree_listing": "15.4: R4 agrees to the proposal of R2",
    "examine_listing": "15.4: C1 examines it before C2 decides",
    "send_back_listing": "15.4: each may send it back with reasons",
    "amend_listing": "15.4: the proposal can be amended",
    "propose_upward": "15.4: what the matrix wants higher is asked of the upper commission",
    "waive_report_b": "15.6: the chair waives report B in writing",
    "assign_unit": "15.7: an owner who becomes known at verification or grading",
    "redesignate": "15.7: succession, or another subject, with its paper",
    "downgrade": "15.7: major to general, with a second person and a public correction",
    "name_joint_lister": "15.7: hazards of two counties have a joint lister",
    "reopen_linked": "29, 15.8: after twelve months a linked case one level up",
}
"""Rows of the dossier that have no move yet, under names of our choosing."""

REGIONS_TO_COME = {
    "coercion": "stop_production is a flag of the hazard",
    "penalty": "no counter of 113, no daily continuous penalty",
    "judicial": "nothing is handed to police or prosecutors",
    "interview": "decide_interview only records the decision",
    "dual_report": "report A is file_report; there is no report B",
    "disclosure": "publish_listing and publish_closure record what was published elsewhere",
    "credit": "nobody is proposed for a list of the untrustworthy",
    "archive": "the case and its events stay; nothing is filed",
}
"""Regions of §10.3 that are no noun yet, and what stands in for each."""

OURS = {
    "letter": "how the post sends a letter; tests/notifications and docs/reference/letter.md",
    "incident": "what operation cannot do by itself; tests/actions/upkeep and docs/reference",
}
"""Nouns the dossier knows nothing of."""
