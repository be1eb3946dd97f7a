"""domain.md as read: every row of §10.2, what exists of §10.3, and what other sections ask for.

Written by reading the dossier, never by asking the code. A line says

    number | from | to | who | needs | our name for the move | what it rests on

in the codes of domain.md (§8, §10.1; a deferral's and a listing's states by name); the number is
of a row of §10.2, or of the section that asks for it, or ``own``: nobody does. ``=`` stays in
its state, ``carried`` comes with another move. ``needs`` is how many sign, who may, and after ``led
by`` who must be among them. What a move rests on: a guard by its name; ``form:x``, its form is not
taken without x; ``duty:x``, it opens that duty; ``pauses:x``, the duty stands still; ``sets:x``, it
writes that column; ``at:C2=upper``, of which side of the case the actor is; ``among:1:X1``, so many
of the signers are so (``officers``: with a certificate).
"""

MAIN = """
1   | -  | L0 | E2 R1 H1 |               | report_lead         | no_duplicate
2   | L0 | L1 | R1       |               | verify              | evidence_or_two_officers
3   | L0 | X4 | R2       |               | dismiss             | form:reason
4   | L0 L1 | X3 | R2    |               | transfer_out        | form:reason form:receiver duty:confirm_transfer
5   | L1 | G1 | R1 R2    |               | grade_general       | no_clause_met danger_at_once form:reason duty:fix
6   | G1 | G2 | E2       |               | report_fixed        | form:done duty:recheck
6   | G1 | G2 | S1       |               | fixing_term_ended   | term_has_ended duty:recheck
7   | G2 | M9 | R1       | 2 of R1       | pass_recheck        |
8   | G2 | G1 | R1       |               | fail_recheck        | duty:fix duty:consider_penalty
9   | G1 G2 | L1 | R1 X1 |               | regrade             | form:opinion form:evidence
10  | L1 | M1 | R2 X1    | 2 of R2 X1 led by R2 | grade_major  | clauses_in_catalogue form:clauses duty:give_notice duty:file_report
11  | M1 | M2 | E1       |               | file_report         | form:causes form:harm form:plan duty:acknowledge_report
11b | M1 | M2 | R1 R2    |               | record_report       | report_term_over form:causes form:harm
12  | M1 M2 | N1 | R2    |               | declare_ownerless   | without_unit form:search_record
13  | N1 | M2 | G1       |               | designate           | form:unit_id form:designation_no form:fund_source form:fund_fen
14  | M2 | M3 | C2 R4    |               | list                | level_fits_matrix not_the_proposer form:level form:deadline form:tasks form:measures deadline_within_cap
14  | M2 | M3 | C2 R4    |               | list                | duty:serve_notice duty:file_upward duty:publish_listing
15  | M2 | M5 | R4       |               | order_rectification | form:reason form:deadline deadline_within_cap
16  | M3 | M4 | E1       |               | file_plan           | form:goals form:methods form:funds form:people form:schedule form:safety duty:review_plan
17  | M4 | M5 | R2 X1    |               | accept_plan         | form:opinion duty:report_progress
17  | M4 | M3 | R2 X1    |               | return_plan         | form:reason duty:file_plan
17b | M3 | =  | R2       |               | order_plan          | plan_late form:reason form:plan_by duty:file_ordered_plan
18  | M5 | =  | E2       |               | report_progress     | period_of_the_case
20  | M5 | =  | carried  |               | extend_term         | duty:rectify
21  | M5 M7 | M6 | E1    |               | request_acceptance  | form:self_evaluation duty:accept
21  | M3 M4 M5 M7 | M6 | S1 |            | term_reached        | term_has_ended duty:accept
22  | M6 | M8 | R1 R4 X1 | 3 of R1 R4 X1 led by R4 | pass_acceptance | reviewer_is_not_leader every_item_checked among:2:officers form:items_checked form:evidence duty:close
23  | M6 | M7 | R1 R4 X1 | 3 of R1 R4 X1 led by R4 | fail_acceptance | reviewer_is_not_leader deadline_within_cap failed_items_named form:items_checked form:reasons form:deadline duty:consider_penalty
24  | M8 | M9 | C1 C2    |               | close               | stop_lifted report_a_complete report_b_held penalties_decided closure_publication_drafted duty:publish_closure duty:look_back
25  | M3 M4 M5 M7 | = | carried |         | change_supervision  |
26  | M3 M4 M5 M6 M7 | X1 | R4 R3 | 2 of R4 R3 led by R4 | propose_shutdown | among:1:R3 ground_stands form:reason form:ground form:proof form:evidence duty:decide_shutdown duty:decide_coal_shutdown
27  | X1 | X1a | G1      |               | shut_down           | form:decision_no duty:execute_shutdown
27  | X1a | X1b | R1 R2 T1 |             | execute_shutdown    | form:permits form:power form:explosives form:dismantled form:staff form:evidence duty:accept_shutdown
27  | X1b | X2 | R1 R2 R4 | 2 of R1 R2 R4 led by R2 R4 | accept_shutdown | executor_does_not_accept form:items_checked form:evidence
27  | X1b | X1a | R1 R2 R4 |             | return_shutdown     | executor_does_not_accept form:reason duty:execute_shutdown
28  | X1 | M5 | G1       |               | refuse_shutdown     | form:reason form:deadline deadline_within_cap
29  | M9 | L1 | C1       |               | reopen              | within_twelve_months form:reason form:finding
30  | L0 L1 G1 G2 M1 M2 N1 | X4 | R4 |   | void                | duplicate_named duplicate_stands form:reason
30  | M3 M4 M5 M6 M7 M8 X1 | X4 | C2 |   | void                | duplicate_named duplicate_stands form:reason duty:publish_correction
"""
"""§10.2. Rows 19, 20 and 25 are lived by rows of their own; below. The documents and clocks of the
rows are other tests' (tests/law, tests/journeys/coverage.py).

Row 22 and 23: the group is that of §4.5, three, one of them an expert. Row 30 gives the voiding to
C2 "after listing". From M3 on a hazard has been listed, or is treated under the order of row 15; one
state cannot tell the two apart, so C2 voids both. The public correction of row 30 is a duty that outlives the case: it opens where the
listing had been made public, and the voiding does not wait for it.
"""

LISTING = """
10.3 | -        | proposed  | carried |    | propose     | duty:agree_listing
14   | proposed | listed    | carried |    | take_effect |
15   | proposed | withdrawn | carried |    | withdraw    |
25   | listed   | =         | C2      |    | upgrade     | from_the_higher_commission one_level_up deadline_within_cap at:C2=upper form:reason form:level
24   | listed   | lifted    | carried |    | lift        |
"""
"""The Listing region of §10.3; rows 14, 15, 24 (and 27, 30), 25 of §10.2 move it."""

DEFERRAL = """
19 | -        | applied  | E1 |  | apply   | under_treatment before_expiry no_real_danger times_left form:reason form:interim_measures duty:answer_deferral
20 | applied  | endorsed | C1 |  | endorse | form:opinion
15.5 | applied  | endorsed | R2 |  | endorse | endorsed_on_its_side
20 | endorsed | granted  | C2 |  | grant   | no_real_danger decided_at_its_level endorser_does_not_decide within_caps at:C2=commission|upper form:deadline
20 | endorsed | refused  | C2 |  | refuse  | decided_at_its_level endorser_does_not_decide at:C2=commission|upper form:reason
"""
"""§10.2, 19–20 with §4.4: the office signs its opinion first, whichever way the chair then decides."""

CLOCKS = """
10.3       | M2                   | = | R2    | | propose_listing    | level_fits_matrix deadline_within_cap form:reason
10.4 K2    | L1                   | = | R4    | | ask_experts        | form:document_no pauses:grade duty:obtain_opinion
10.4 K2    | L1                   | = | R2    | | receive_opinion    | form:opinion
10.4 K4    | M1                   | = | E1 E2 | | give_notice        | form:summary form:protection
10.4 X3    | X3                   | = | R2    | | confirm_transfer   | form:receipt
10.4 K7    | M3                   | = | R1 C1 | | serve_notice       | served_not_before_listing form:served_at duty:file_plan
10.4 K7    | M3                   | = | E1    | | acknowledge_notice | form:receiver duty:file_plan
10.4 K7    | M3 M4 M5 M6 M7 M8 X1 X1a X1b | = | C1    | | file_upward        | listing_on form:receipt
10.4 K16   | M3 M4 M5 M6 M7 M8 X1 X1a X1b | = | P1    | | publish_listing    | listing_on form:medium form:published_on
10.4 K18   | M9                   | = | P1    | | publish_closure    | form:medium form:published_on
10.4 K13   | M9                   | = | R1    | | look_back          | form:finding
11 half    | M3 M4 M5 M6 M7       | = | R1 T1 | | record_visit       | form:finding form:percent
11 T+3     | M3 M4 M5 M6 M7       | = | R4    | | decide_interview   | form:reason
11 T+30    | M3 M4 M5 M6 M7       | = | C2    | | decide_exposure    | form:reason
11 T+60    | M3 M4 M5 M6 M7       | = | R4    | | decline_shutdown   | form:reason
"""
"""Moves of a hazard that no row of §10.2 names, but a flag, a clock or a rung of the ladder does."""

STOPS = """
10.1 flags | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R1 R2    |         | record_danger | form:reason duty:consider_stop
3.2 65     | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R4       |         | decline_stop  | form:reason form:evacuated
15.8 BD    | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R1 R2 R4 | 2 of R1 R2 R4 led by R2 R4 | clear_danger | form:reason form:evidence
9.16       | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R4       |         | stop_production  | within_usual_stop form:reason form:stop_ground form:stop_scope form:stop_number form:stop_until duty:review_stop
9.16       | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R1       | 2 of R1 | stop_on_the_spot | form:reason form:stop_ground form:stop_scope duty:confirm_stop
15.3       | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R4       |         | confirm_stop     | within_usual_stop form:stop_number form:stop_until duty:review_stop
15.3       | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R4       |         | lift_stop        | form:reason
11 stop    | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R4       |         | prolong_stop     | beyond_usual_says_why form:reason form:stop_until duty:review_stop
3.1 18     | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | E1       |         | request_resumption | form:treated form:evaluator form:evaluation form:evidence duty:review_resumption
3.1 23     | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R4       |         | resume_production | applied_for form:review form:reason
3.1 23     | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R4       |         | refuse_resumption | applied_for form:review form:reason
10         | L1 | M1 | R2 X1     |         | grade_major      | duty:consider_stop
10.3 113   | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R1       |         | record_refusal   | form:reason duty:consider_penalty
11b        | M1 | M2 | R1 R2     |         | record_report    | duty:consider_penalty
R3         | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b M9 X2 | = | R4 |        | decide_penalty   | form:reason form:agreed duty:file_penalty_case
R3         | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b M9 X2 | = | R2 |        | file_penalty_case | form:case_no
"""
"""A stop is a fact with scope, ground, number and end (§9.16, §11); resumed on application only (令16号
art. 18, 23). A danger needs an answer (art. 65) and a second person to end it (law.md BD). What
failed or is refused is put to the head as a penalty in question (R3)."""

INTAKE = """
4  | X3    | =  | R2 | | confirm_transfer | at:R2=department|receiver
4  | X3    | L0 | R2 | | return_transfer  | at:R2=department|receiver form:reason duty:verify_lead
4  | L0 L1 | =  | R2 | | dispute_transfer | form:reason duty:settle_dispute
4  | L0 L1 | =  | C1 | | settle_for_us    | form:ruling
4  | L0 L1 | X3 | C1 | | settle_for_other | form:reason form:receiver duty:confirm_transfer
R4 | L1    | M9 | R1 | 2 of R1 | remove_on_the_spot | before_and_after form:reason form:done form:evidence
6  | M2 M3 M4 M5 M6 M7 M8 X1 | = | E1    | | file_report        | form:causes form:harm form:plan duty:acknowledge_report
9.2 | M2 M3 M4 M5 M6 M7 M8 X1 | = | R1 R2 | | acknowledge_report | report_is_there
"""
"""A hand-over may be refused, and a quarrel over it is the office's (law.md, referral 6); what can be
removed at once is closed in the same visit (R4); a report is received with number and time (§6), also
one that comes after the regulator's own record (11b) or goes on (at each material change)."""

CORRECTIONS = """
15.4 | M3 M4 M5 M7 | = | carried | | change_supervision | duty:serve_notice duty:file_upward duty:publish_listing
15.4 | M6       | M5 | carried | | change_supervision | duty:serve_notice duty:file_upward duty:publish_listing duty:rectify
15.4 | M2       | =  | carried | | hand_up         |
15.4 | M3 M4 M5 M6 M7 M8 X1 X1a X1b | = | C1 | | serve_notice | at:C1=commission|executing
15.4 | M3 M4 M5 M6 M7 | = | C1 | | record_visit    | at:C1=commission|executing at:R1=department|lead
15.4 | M2       | M3 | C2 R4   | | list            | level_of_own_place head_lists_in_own_name form:lead_department_id form:lead_official_id
15.5 | M6       | M5 | carried | | extend_term     | duty:rectify duty:report_progress
15.5 | M3 M4 M5 M6 M7 X1 X1a X1b | = | R4 | | ask_term | form:reason duty:set_term
15.5 | M3 M4 M5 M6 M7 X1 X1a X1b | = | C2 | | set_term | deadline_within_cap at:C2=upper form:reason form:deadline
15.5 | M3 M4 M5 M6 M7 | = | R1 C1 | | serve_notice |
15.5 | M3 M4 M5 M6 M7 | = | E1 | | acknowledge_notice |
15.5 | M5 M6 M7 | =  | E1      | | file_plan       |
15.5 | M5 M7    | M6 | E1      | | request_acceptance | file_after_treatment_per_task pauses:rectify
15.5 | M3 M4 M5 M7 | M6 | S1   | | term_reached    | served
15.5 | M6       | M7 | R1 R4 X1 | | fail_acceptance | within_cap_of_first_term
15.5 | X1       | M5 | G1      | | refuse_shutdown | within_cap_of_first_term
15.6 | M8       | M9 | C1 C2   | | close           | no_open_deferral listing_published proposals_decided
15.6 | M9       | =  | C1      | | file_upward     |
15.6 | M9       | =  | P1      | | publish_listing |
15.7 | G1 G2    | L1 | R1 X1   | | regrade         | sets:deadline
15.7 | M1 M2    | G1 | R2 R4 X1 | 2 of R2 R4 X1 led by R2 | downgrade | danger_at_once form:clauses form:evidence form:reason duty:fix
15.7 | M3 M4 M5 M6 M7 | G1 | R2 C2 | 2 of R2 C2 led by C2 | downgrade | danger_at_once form:clauses form:evidence form:reason duty:fix duty:publish_correction
15.7 | L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 M9 N1 X1 X1a X1b X2 X3 X4 | = | P1 | | publish_correction | correction_owed form:medium form:published_on
15.7 | N1       | M2 | G1      | | designate       | funds_above_zero form:allocation fit_subject
15.7 | L0 L1 G1 G2 M2 | = | R1 R2 | | assign_unit  | another_unit form:unit_id form:reason
15.7 | M1       | =  | R1 R2   | | assign_unit     | another_unit form:unit_id form:reason duty:give_notice duty:file_report
15.7 | N1       | M1 | R1 R2   | | assign_unit     | another_unit form:unit_id form:reason duty:give_notice duty:file_report
15.7 | G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 X1 | = | G1 | | redesignate | another_unit may_be_relieved fit_subject funds_above_zero form:ground form:designation_no form:allocation form:reason
15.7 | G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 X1 | = | R2 | | succeed | another_unit form:ground form:document_no form:evidence form:reason
4.7  | M1 M2    | N1 | R2      | | declare_ownerless | form:ground form:evidence
15.8 | L0       | L1 | R1      | | verify          | officers_are_two_persons
15.8 | M6       | M8 | C1 C2   | 3 of C1 C2 led by C1 C2 | pass_acceptance | among:1:X1
15.8 | M6       | M7 | C1 C2   | 3 of C1 C2 led by C1 C2 | fail_acceptance | among:2:officers among:1:X1
15.8 | M9       | =  | R1      | | look_back       | form:same_part duty:consider_reopening
15.8 | M9       | L1 | C1      | | reopen          | duty:check_acceptors
"""
"""§15, where it stands against, or adds to, a move of a hazard. That nobody of the unit decides (15.8)
holds for every move of a supervisor, as a permission and no guard (tests/actions/act/test_apart.py). Its clocks (15.3) and its kinds of
numbers (15.2) are the pack's; its nouns of their own are in `REGIONS_TO_COME`."""

LISTING_CORRECTIONS = """
15.4 | proposed | agreed   | R4 | | agree_listing   | proposer_does_not_agree duty:examine_listing
15.4 | agreed   | examined | C1 | | examine_listing | examiner_made_no_step
15.4 | proposed | returned | R4 | | send_back_listing | form:reason duty:amend_listing
15.4 | agreed   | returned | C1 | | send_back_listing | form:reason duty:amend_listing
15.4 | examined | returned | C2 | | send_back_listing | form:reason duty:amend_listing
15.4 | proposed agreed examined returned | proposed | R2 | | amend_listing | level_fits_matrix deadline_within_cap form:reason duty:agree_listing
15.4 | agreed examined | asked | C1 | | propose_upward | from_the_higher_commission form:reason duty:answer_upward
15.4 | listed   | =        | C1 | | propose_upward  | from_the_higher_commission form:reason duty:answer_upward
15.4 | asked    | agreed   | C2 | | take_over       | from_the_higher_commission at:C2=upper form:reason duty:examine_listing
15.4 | asked    | left     | C2 | | decline_upgrade | at:C2=upper form:reason
15.4 | proposed agreed examined asked left returned | listed | carried | | take_effect |
15.4 | proposed agreed examined asked left returned | withdrawn | carried | | withdraw |
15.4 | listed   | =        | C2 | | upgrade | no_level_skipped order_from_above form:lead_department_id form:lead_official_id
15.7 | agreed examined left listed | = | C2 | | name_joint_lister | named_from_above at:C2=upper|commission form:commission_id form:reason
15.7 | asked    | left     | C2 | | name_joint_lister | named_from_above at:C2=upper|commission form:commission_id form:reason
15.7 | asked    | left     | C2 | | decline_upgrade | lister_can_reach
15.5 | listed | = | C2 | | upgrade | within_cap_of_first_term
"""

DEFERRAL_CORRECTIONS = """
15.5 | -        | applied | E1    | | apply | before_expiry order_needs_force_majeure duty:answer_order_deferral duty:answer_second_deferral
15.5 | endorsed | granted | C2    | | grant | still_treated
15.5 | endorsed | granted | C2 R4 | | grant | beyond_cap_next_level
15.5 | endorsed | refused | C2 R4 | | refuse |
"""
"""An order's deferral is decided by the department that issued it, a listing's by the lister."""

FORMS = """
9.5  | M3 | M4 | E1    | | file_plan       | form:tasks milestones_within_term money_adds_up
9.5  | M5 M6 M7 | = | E1 | | file_plan     | form:tasks milestones_within_term money_adds_up
9.6  | M5 | =  | E2    | | report_progress | each_task_reported form:percent form:protection
9.17 | M2 | M5 | R4    | | order_rectification | form:tasks items_end_with_term duty:file_plan
9.25 | M3 M4 M5 M6 M7 | = | R1 C1 | | serve_notice | listing_on served_as_its_manner_asks public_notice_has_run served_not_before_listing form:receiver form:place form:manner form:servers
9.25 | M3 M4 M5 M6 M7 | = | E1 | | acknowledge_notice | listing_on
"""
"""§9, where a form asks for more than the moves say: tasks with milestone, owner, money and evidence,
items with their own days (and a plan, §3.1, for every major hazard), the way of service and two servers."""

OWN = """
own | M8 X1 X1a X1b | = | R1 C1 | | serve_notice | listing_on served_as_its_manner_asks public_notice_has_run served_not_before_listing
own | M8 X1 X1a X1b | = | E1 | | acknowledge_notice | listing_on
own | M5 M6 M7 | = | R2 | | order_plan      | plan_late form:plan_by
own | M5 M6 M7 | = | R2 | | accept_plan     | plan_waits
own | M5 M6 M7 | = | R2 | | return_plan     | plan_waits duty:file_plan
own | M6 | = | E1 E2   | | report_progress | period_of_the_case each_task_reported
own | M3 M4 M5 M6 M7 M8 X1 X1a X1b | = | R1 | | correct_service | served listing_on served_as_its_manner_asks public_notice_has_run served_not_before_listing form:reason
own | G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 M9 X1 | = | G1 | | record_funds | money_designated paid_within_what_there_is form:paid_fen
own | L1 | = | S1      | | appraisal_term_ended | appraisal_late
own | M7 | = | E1 E2   | | report_progress | period_of_the_case each_task_reported
own | X1a X1b | M5 | G1 | | revoke_shutdown | deadline_within_cap within_cap_of_first_term form:reason form:deadline duty:rectify duty:report_progress
own | M7 | = | carried | | extend_term     | duty:rectify
own | L0 L1 G1 G2 M1 M2 M3 M4 M5 M6 M7 M8 N1 X1 X1a X1b | = | R4 R3 | 2 of R4 R3 led by R4 | revoke_stop | among:1:R3 form:reason
"""
"""Moves of ours: a wrong date of service moves K8, so it can be put right; what is owed (service, a
plan, a month) can be made up for, and a plan that came late is reviewed too; a pause for experts has
an end (§10.4, K2), so that the clock of grading goes on; K10 runs in M7 too
(§10.1); a new term T′ can be deferred like the first."""

LISTING_OWN = """
own | listed | = | C2 | | decline_upgrade | at:C2=upper form:reason
"""
"""§11, T+7: a proposal that is not followed is answered, by the one who could follow it."""

DEFERRAL_OWN = """
own | applied endorsed | withdrawn | E1      | | withdraw | form:reason
own | applied endorsed | lapsed    | carried | | lapse    |
"""
"""Who asked may take it back before it is decided; or the case ended first."""

READ = {
    "hazard": MAIN + CLOCKS + STOPS + INTAKE + CORRECTIONS + FORMS + OWN,
    "listing": LISTING + LISTING_CORRECTIONS + LISTING_OWN,
    "deferral": DEFERRAL + DEFERRAL_CORRECTIONS + DEFERRAL_OWN,
}
