"""Pictures are decoded by a child with limits, once, whoever asks."""

import subprocess
import sys

import pytest
from PIL import Image

from actions.files.view import LONGEST, Taken, _alone, make
from guapai.errors import BadInput
from storage.files.store import FileStore
from tests.actions.files.pictures import PHOTO, ROOT, _bytes, _refused, _scanned, _view

AGAIN = """
import sys, time
from pathlib import Path
from actions.files.view import Taken, make
from storage.files.store import FileStore
def made(size):
    while True:
        try:
            return make(FileStore(Path(sys.argv[1])), sys.argv[2], "image/jpeg", size)
        except Taken:
            time.sleep(0.05)
for size in ("view", "thumb"):
    print(made(size).stat().st_ino)
"""


def test_two_processes_at_once_make_one_view(store: FileStore) -> None:
    kept = store.put([_bytes(Image.effect_noise((3000, 2000), 60).convert("RGB"), "JPEG")])
    command = [sys.executable, "-c", AGAIN, str(store.folder), kept.sha256]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0].split() for process in both]
    assert said[0] == said[1] and len(said[0]) == 2
    assert [_view(store, kept, s).size for s in LONGEST] == [(1600, 1067), (320, 213)]
    folder = store.folder / "views" / kept.sha256[:2]
    assert len(list(folder.iterdir())) == 2


def test_only_the_child_knows_the_decoders() -> None:
    script = "import sys, actions.files.view; assert not any(n.split('.')[0] == 'PIL' for n in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)


GREEDY = """
import resource, sys
sys.path.insert(0, "actions/files")
import view_child
view_child.confine()
assert resource.getrlimit(resource.RLIMIT_CPU) == (10, 10)
for most in (resource.RLIMIT_AS, resource.RLIMIT_CORE):
    assert resource.getrlimit(most)[1] == view_child.LIMITS[most]
try:
    bytearray(600 * 1024 * 1024)
except MemoryError:
    print("no more")
"""


def test_the_child_has_so_much_memory_and_time_and_no_more() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GREEDY], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.returncode) == ("no more\n", 0), done.stderr


def test_a_picture_that_is_decoded_a_hundred_times_is_not_taken(store: FileStore) -> None:
    with pytest.raises(BadInput, match="编码异常"):
        store.put([_scanned(120)])
    assert store.put([_scanned(20)]).media_type == "image/jpeg"


def test_one_that_lies_there_already_is_not_decoded(store: FileStore) -> None:
    _refused(store, _scanned(120), "image/jpeg")


def test_who_finds_another_at_work_does_not_wait(store: FileStore) -> None:
    kept = store.put([PHOTO])
    folder = store.folder / "views" / kept.sha256[:2]
    folder.mkdir(parents=True)
    with _alone(folder), pytest.raises(Taken):
        make(store, kept.sha256, kept.media_type, "view")
    assert make(store, kept.sha256, kept.media_type, "view").exists()
