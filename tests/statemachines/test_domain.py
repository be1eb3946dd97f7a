"""The moves in the code against a reading of domain.md in its own codes; departures are declared."""

from statemachines.nouns import PROCEDURES
from tests.statemachines.table_check import DOMAIN, lines, stated

STATES = dict(
    zip(
        [
            "-",
            "L0",
            "L1",
            "G1",
            "G2",
            "M1",
            "M2",
            "M3",
            "M4",
            "M5",
            "M6",
            "M7",
            "M8",
            "M9",
            "N1",
            "X1",
            "X2",
            "X3",
            "X4",
        ],
        [
            "",
            "lead",
            "grading",
            "general_fixing",
            "general_recheck",
            "major_confirmed",
            "reported",
            "plan_due",
            "plan_review",
            "rectifying",
            "acceptance_requested",
            "rework",
            "accepted",
            "closed",
            "ownerless",
            "shutdown_proposed",
            "shut_down",
            "transferred_out",
            "voided",
        ],
        strict=True,
    )
)
ROLES = {
    "E1": "enterprise_head",
    "E2": "safety_officer",
    "R1": "inspector",
    "R2": "division_chief",
    "R3": "legal_reviewer",
    "R4": "department_head",
    "C1": "commission_office",
    "C2": "commission_chair",
    "G1": "government",
    "T1": "township",
    "X1": "expert",
    "H1": "hotline_clerk",
    "P1": "publisher",
    "S1": "clock",
}

TABLE = """
1   | -              | L0 | E2 R1 H1  | report_lead
2   | L0             | L1 | R1        | verify
3   | L0             | X4 | R2        | dismiss
4   | L0 L1          | X3 | R2        | transfer_out
5   | L1             | G1 | R1 R2     | grade_general
6   | G1             | G2 | E2        | report_fixed
6   | G1             | G2 | S1        | fixing_term_ended
7   | G2             | M9 | R1        | pass_recheck
8   | G2             | G1 | R1        | fail_recheck
9   | G1 G2          | L1 | R1 X1     | regrade
10  | L1             | M1 | R2 X1     | grade_major
11  | M1             | M2 | E1        | file_report
11b | M1             | M2 | R1 R2     | record_report
12  | M1 M2          | N1 | R2        | declare_ownerless
13  | N1             | M2 | G1        | designate
14  | M2             | M3 | C2 R4     | list
15  | M2             | M5 | R4        | order_rectification
16  | M3             | M4 | E1        | file_plan
17  | M4             | M5 | R2        | accept_plan
17  | M4             | M3 | R2        | return_plan
17b | M3             | =  | R2        | order_plan
18  | M5             | =  | E2        | report_progress
20  | M5             | =  |           | extend_term
21  | M5 M7          | M6 | E1        | request_acceptance
21  | M3 M4 M5 M7    | M6 | S1        | term_reached
22  | M6             | M8 | R1 R4 X1  | pass_acceptance
23  | M6             | M7 | R1 R4 X1  | fail_acceptance
24  | M8             | M9 | C1 C2     | close
25  | M3 M4 M5 M6 M7 | =  |           | change_supervision
26  | M3 M4 M5 M6 M7 | X1 | R4 R3     | propose_shutdown
27  | X1             | X2 | G1 R1     | shut_down
28  | X1             | M5 | G1        | refuse_shutdown
29  | M9             | L1 | C1        | reopen
30  | L0 L1 G1 G2 M1 M2 N1    | X4 | R4 | void
30  | M3 M4 M5 M6 M7 M8 X1    | X4 | C2 | void
"""
"""domain.md §10.2 as read: number, from, to, who, our name for it. `=` stays in its state.

Row 30 gives the voiding to C2 "after listing". From M3 on a hazard has been listed, or is treated
under the order of row 15; one state cannot tell the two apart, so C2 voids both.
"""

LISTING = """
K7  | M3 M4 M5 M6 M7 M8 X1 | =  | C1 | file_upward
K16 | M3 M4 M5 M6 M7 M8 X1 | =  | P1 | publish_listing
"""
"""§10.4 with the Listing region of §10.3: listed from row 14 until row 24, 27 or 30 lifts it."""

DEFERRAL = """
19  | -        | applied   | E1 | apply
20  | applied  | endorsed  | C1 | endorse
20  | endorsed | granted   | C2 | grant
20  | endorsed | refused   | C2 | refuse
"""
"""§10.2, 19–20: the office signs its opinion first, whichever way the chair then decides."""

GUARDED = {
    "reviewer_is_not_leader": {"pass_acceptance", "fail_acceptance"},  # §8, own
    "evidence_or_two_officers": {"verify"},  # §10.2, 2
    "level_fits_matrix": {"list"},  # §10.2, 14
    "deadline_within_cap": {
        "list",
        "order_rectification",
        "fail_acceptance",
        "refuse_shutdown",
        "upgrade",
    },  # §10.4, T and T′
    "stop_lifted": {"close"},  # §10.2, 24
    "not_the_proposer": {"list"},  # §8, own
    "report_term_over": {"record_report"},  # §10.2, 11b
    "within_twelve_months": {"reopen"},  # §10.2, 29
    "no_real_danger": {"apply", "grant"},  # §4.4, own
    "decided_at_its_level": {"grant", "refuse"},  # §4.4, own; §10.2, 20
    "endorser_does_not_decide": {"grant", "refuse"},  # §8, own
    "within_caps": {"grant"},  # §4.4, own
}
"""The guards that rules of domain.md rest on, and the moves it wants them before, at the least."""

MORE = {
    "report_lead E1": "the head of the unit may report what the safety officer may",
    "report_lead R2": "any officer of the department may register a lead",
    "report_lead C1": "leads are also assigned by the upper level through the commission office",
    "report_lead T1": "the township patrols (§8) and finds hazards",
    "report_fixed E1": "the head may report what the safety officer may",
    "report_progress E1": "the head may report what the safety officer may",
    "grade_major R4": "the head of the department may be the second who confirms",
    "report_progress M7": "K10 runs in M7 too (§10.1)",
    "extend_term M7": "a new term T′ can be deferred like the first",
    "reopen C2": "the chair may do what their office may",
}
"""What the table of moves allows beyond domain.md, each with its reason."""

LESS = {
    "shut_down R1": "the inspector's checklist is part of the government's facts",
}
"""What domain.md gives and the table of moves withholds."""


Fact = tuple[str, str, str, str]
"""(move, from, to, who), in the codes of domain.md."""


def reading(*tables: str) -> set[Fact]:
    """One fact for each combination of the tables as read."""
    found = set()
    for line in "".join(tables).split("\n"):
        if not line:
            continue
        _, starts, end, roles, move = (cell.strip() for cell in line.split("|"))
        for start in starts.split():
            found |= {(move, start, end, role) for role in roles.split() or ["carried"]}
    return found


def code(noun: str, *tables: str) -> set[Fact]:
    """The facts of the code, for the moves that the tables know."""
    states = {name: code for code, name in STATES.items()}

    def coded(state: str) -> str:
        return states.get(state, state)

    roles = {name: code for code, name in ROLES.items()} | {"": "carried"}
    known = {move for move, *_ in reading(*tables)}
    return {
        (row["move"], coded(row["from"]), coded(row["to"]), roles[role])
        for row in lines(noun, PROCEDURES[noun].moves)
        if row["move"] in known
        for role in row["roles"].split("|")
    }


def declared(fact: Fact, by: dict[str, str]) -> str | None:
    """The key of the declaration that covers a departure, or None."""
    move, start, _, role = fact
    keys = (f"{move} {start} {role}", f"{move} {role}", f"{move} {start}")
    return next((k for k in keys if k in by), None)


def test_the_main_line_is_that_of_the_dossier() -> None:
    ours, theirs = code("hazard", TABLE, LISTING), reading(TABLE, LISTING)
    beyond, missing = ours - theirs, theirs - ours
    assert {f for f in beyond if declared(f, MORE) is None} == set()
    assert {f for f in missing if declared(f, LESS) is None} == set()
    assert {declared(f, MORE) for f in beyond} == MORE.keys()
    assert {declared(f, LESS) for f in missing} == LESS.keys()


def test_a_deferral_goes_the_way_of_the_dossier() -> None:
    assert code("deferral", DEFERRAL) == reading(DEFERRAL)


def test_the_guards_of_the_dossier_stand_before_their_moves() -> None:
    found: dict[str, set[str]] = {name: set() for name in GUARDED}
    for move in (m for p in PROCEDURES.values() for m in p.moves):
        for guard in move.guards:
            if guard.__name__ in found:
                found[guard.__name__].add(move.name)
    assert {g: wanted - found[g] for g, wanted in GUARDED.items() if wanted - found[g]} == {}


def test_every_row_of_the_dossier_is_stated() -> None:
    numbers = {row[DOMAIN] for row in stated()}
    assert {*(str(n) for n in range(1, 31)), "11b", "17b"} <= numbers
