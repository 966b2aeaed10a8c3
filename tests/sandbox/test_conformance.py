"""What every tier must do for the programs that it runs."""

import array
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pokerl.errors import ConfigurationProblem
from pokerl.sandbox import Policy, Tier

from .conftest import SMALL, Run

FOREST = """
import os, sys, time
for generation in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
        os._exit(0)
os.write(int(sys.argv[1]), b"x")
time.sleep(600)
"""


def _gone(pids: list[int]) -> bool:
    return all(not Path(f"/proc/{pid}").exists() or _state(pid) in "ZX" for pid in pids)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def _eventually(condition) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return False


def _forest(tier: Tier) -> tuple[subprocess.Popen[bytes], list[int]]:
    reading, writing = os.pipe()
    process = tier.launch([sys.executable, "-c", FOREST, str(writing)], SMALL, (writing,))
    os.close(writing)
    assert os.read(reading, 1) == b"x"
    os.close(reading)
    assert _eventually(lambda: len(tier.members(process)) >= 4)
    return process, tier.members(process)


def test_a_program_runs_and_its_output_arrives(run: Run) -> None:
    assert run("print(6 * 7)").stdout == b"42\n"


def test_arguments_arrive_as_given(run: Run) -> None:
    words = ["two words", "", "$HOME", "ünïcode", "--", "-c", "new\nline"]
    assert run("import sys; print(sys.argv[1:])", *words).stdout.decode() == f"{words}\n"


def test_exit_codes_pass_through(run: Run) -> None:
    assert [run(f"raise SystemExit({code})").returncode for code in (0, 1, 77)] == [0, 1, 77]


def test_a_fatal_signal_shows_as_128_and_its_number(run: Run) -> None:
    assert run("import os, signal; os.kill(os.getpid(), signal.SIGTERM)").returncode == 128 + signal.SIGTERM


def test_standard_error_arrives(run: Run) -> None:
    result = run("raise ValueError('so it goes')")
    assert b"ValueError: so it goes" in result.stderr
    assert result.returncode == 1


def test_standard_input_is_empty(run: Run) -> None:
    assert run("import sys; print(repr(sys.stdin.read()))").stdout == b"''\n"


def test_the_packages_that_workers_use_can_be_imported(run: Run) -> None:
    code = "import numpy, PIL.Image, msgspec, zstandard; print((numpy.arange(9).reshape(3, 3) @ numpy.eye(3)).sum())"
    assert run(code).stdout == b"36.0\n"


def test_this_package_can_be_imported(run: Run) -> None:
    assert run("import pokerl.wire; print(pokerl.wire.MAXIMUM_FRAME)").stdout == b"16777216\n"
    assert run("import pokerl.emulator, pokerl.rlm").returncode == 0


def test_threads_and_subprocesses_work(run: Run) -> None:
    code = """
import concurrent.futures, subprocess, sys
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(lambda number: number * number, range(10))))
print(subprocess.run([sys.executable, "-c", "print('child')"], capture_output=True, check=True).stdout)
"""
    assert run(code).stdout == b"285\nb'child\\n'\n"


def test_asyncio_works(run: Run) -> None:
    assert run("import asyncio; print(asyncio.run(asyncio.sleep(0, 'slept')))").stdout == b"slept\n"


def test_random_numbers_and_clocks_work(run: Run) -> None:
    assert run("import os, time; print(len(os.urandom(8)), time.time() > 1e9, time.monotonic() > 0)").stdout == (
        b"8 True True\n"
    )


def test_an_inherited_socket_works_both_ways(tier: Tier) -> None:
    here, there = socket.socketpair()
    code = "import socket, sys; s = socket.socket(fileno=int(sys.argv[1])); s.sendall(s.recv(99).upper())"
    with here:
        with there:
            process = tier.launch([sys.executable, "-c", code, str(there.fileno())], SMALL, (there.fileno(),))
        here.sendall(b"hello")
        assert here.recv(99) == b"HELLO"
        assert here.recv(99) == b""  # the program is the only holder of its end
        assert process.wait(10) == 0


def test_the_end_of_a_killed_program_is_seen_on_its_socket(tier: Tier) -> None:
    here, there = socket.socketpair()
    with here:
        with there:
            process = tier.launch([sys.executable, "-c", "import time; time.sleep(600)"], SMALL, (there.fileno(),))
        tier.kill(process)
        assert here.recv(1) == b""


def test_descriptors_sent_later_arrive_and_work(tier: Tier) -> None:
    code = """
import socket, sys
stream = socket.socket(fileno=int(sys.argv[1]))
_, (number,), _, _ = socket.recv_fds(stream, 1, 1)
inner = socket.socket(fileno=number)
inner.sendall(b"through the second socket " + inner.recv(9))
"""
    here, there = socket.socketpair()
    second, handed = socket.socketpair()
    with here, second:
        with there:
            process = tier.launch([sys.executable, "-c", code, str(there.fileno())], SMALL, (there.fileno(),))
        with handed:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [handed.fileno()]))]
            here.sendmsg([b"x"], rights)
        second.sendall(b"and back")
        assert second.recv(99) == b"through the second socket and back"
        assert process.wait(10) == 0


def test_a_large_answer_passes_the_socket(tier: Tier) -> None:
    here, there = socket.socketpair()
    code = "import socket, sys; socket.socket(fileno=int(sys.argv[1])).sendall(bytes(8_000_000))"
    with here:
        with there:
            process = tier.launch([sys.executable, "-c", code, str(there.fileno())], SMALL, (there.fileno(),))
        received = 0
        while data := here.recv(1 << 16):
            received += len(data)
        assert (received, process.wait(10)) == (8_000_000, 0)


def test_nothing_else_is_inherited(run: Run) -> None:
    code = """
import os
for number in range(3, 200):
    try:
        os.fstat(number)
    except OSError:
        continue
    print(number)
"""
    with open(__file__, "rb") as file:  # noqa: PTH123
        os.set_inheritable(file.fileno(), True)
        assert run(code).stdout == b""


def test_the_environment_is_the_policys_and_not_the_hosts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    policy = replace(SMALL, environment={"GREETING": "hello world", "LANG": "C"})
    found = run(
        "import os; print(sorted(os.environ), os.environ['GREETING'], os.environ['LANG'])", policy=policy
    ).stdout
    assert b"hello world C" in found
    assert b"OPENAI" not in found
    assert b"sk-secret" not in found


def test_the_scratch_folder_is_home_and_writable(run: Run) -> None:
    code = """
import os, pathlib, shutil, tempfile
assert os.getcwd() == os.environ["HOME"] == os.environ["TMPDIR"] == tempfile.gettempdir()
assert os.listdir(".") == [] or os.getcwd() == "/tmp"
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder, "a", "b.txt")
    file.parent.mkdir()
    file.write_text("kept")
    file.rename(pathlib.Path(folder, "moved.txt"))
    print(pathlib.Path(folder, "moved.txt").read_text())
    shutil.rmtree(file.parent)
"""
    result = run(code)
    assert (result.stdout, result.stderr) == (b"kept\n", b"")


def test_scratch_folders_are_private_and_removed(run: Run) -> None:
    first = run("import os; os.makedirs('x/' * 30); open('left', 'w').write('over'); print(os.getcwd())").stdout
    assert run("import os; print(os.path.exists('left'))").stdout == b"False\n"
    scratch = Path(first.decode().strip())
    assert scratch == Path("/tmp") or not scratch.parent.exists()


def test_the_scratch_folder_is_limited(run: Run) -> None:
    code = """
import time
for number in range(100):
    open(f"fill-{number}", "wb").write(bytes(1 << 20))
    time.sleep(0.02)
print("filled")
"""
    assert b"filled" not in run(code).stdout


def test_a_single_file_is_limited(run: Run) -> None:
    assert b"File too large" in run("open('large', 'wb').write(bytes(9 << 20))").stderr


def test_readable_folders_can_be_read_and_not_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir(mode=0o700)
    (tmp_path / "inner" / "tools.py").write_text("ANSWER = 42\n")
    (tmp_path / "inner" / "tools.py").chmod(0o600)
    policy = replace(SMALL, readable=(tmp_path,))
    code = "import sys; sys.path.insert(0, sys.argv[1]); import tools; print(tools.ANSWER); open(tools.__file__, 'w')"
    result = run(code, str(tmp_path / "inner"), policy=policy)
    assert result.stdout == b"42\n"
    assert result.returncode == 1
    assert (tmp_path / "inner" / "tools.py").read_text() == "ANSWER = 42\n"


def test_a_single_file_can_be_made_readable(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shown").write_text("yes")
    (tmp_path / "hidden").write_text("no")
    policy = replace(SMALL, readable=(tmp_path / "shown",))
    code = "import sys; print(open(sys.argv[1]).read()); open(sys.argv[2])"
    result = run(code, str(tmp_path / "shown"), str(tmp_path / "hidden"), policy=policy)
    assert result.stdout == b"yes\n"
    assert result.returncode == 1


def test_a_missing_readable_path_is_named(run: Run) -> None:
    with pytest.raises(ConfigurationProblem, match="/no/such/place"):
        run("1", policy=replace(SMALL, readable=(Path("/no/such/place"),)))


def test_too_much_memory_is_a_memory_error(run: Run) -> None:
    code = """
try:
    held = bytearray(2 << 30)
except MemoryError:
    print("bounded")
"""
    assert run(code).stdout == b"bounded\n"


def test_processes_are_limited_and_the_limit_can_be_used(run: Run) -> None:
    code = """
import os, signal, time
pids = []
try:
    while len(pids) < 100:
        pid = os.fork()
        if pid == 0:
            time.sleep(600)
        pids.append(pid)
except BlockingIOError:
    print(len(pids))
"""
    assert 8 <= int(run(code).stdout) <= 16


def test_open_files_are_limited(run: Run) -> None:
    code = "import os; held = [os.open('/dev/null', os.O_RDONLY) for _ in range(500)]"
    assert b"Too many open files" in run(code).stderr


def test_no_core_is_written(run: Run) -> None:
    code = "import os, resource; print(resource.getrlimit(resource.RLIMIT_CORE)); os.abort()"
    result = run("import sys; sys.stdout = open(1, 'w', buffering=1);" + code)
    assert (result.stdout, result.returncode) == (b"(0, 0)\n", 128 + signal.SIGABRT)


def test_kill_takes_everything_that_was_started(tier: Tier) -> None:
    process, members = _forest(tier)
    tier.kill(process)
    assert process.returncode is not None
    assert _eventually(lambda: _gone(members))


def test_kill_works_on_what_has_ended(tier: Tier) -> None:
    process = tier.launch([sys.executable, "-c", "1"], SMALL)
    process.wait(10)
    tier.kill(process)
    assert process.returncode == 0


def test_kill_stops_a_program_that_forks_without_end(tier: Tier) -> None:
    reading, writing = os.pipe()
    code = """
import os, sys
os.write(int(sys.argv[1]), b"x")
while True:
    try:
        if os.fork():
            os._exit(0)
    except OSError:
        pass
"""
    process = tier.launch([sys.executable, "-c", code, str(writing)], SMALL, (writing,))
    os.close(writing)
    assert os.read(reading, 1) == b"x"
    tier.kill(process)
    assert select.select([reading], [], [], 5)[0]
    assert os.read(reading, 1) == b""  # nobody holds the other end any more
    os.close(reading)


def test_what_a_program_leaves_behind_ends_with_it(run: Run) -> None:
    code = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
print("done")
"""
    assert run(code).stdout == b"done\n"  # would wait for the end of file of the one left behind


def test_a_program_dies_with_the_host(tier: Tier) -> None:
    code = f"""
import os, sys, time
from pokerl.sandbox import choose, Policy
tier = choose({tier.name!r})
process = tier.launch([sys.executable, "-c", "import time; time.sleep(600)"], Policy())
while not (members := tier.members(process)):
    time.sleep(0.01)
print(process.pid, *members, flush=True)
time.sleep(600)
"""
    host = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    with host:
        assert host.stdout is not None
        members = [int(word) for word in host.stdout.readline().split()]
        host.kill()
        host.wait()
    assert _eventually(lambda: _gone(members))


def test_a_program_outlives_the_thread_that_launched_it(tier: Tier) -> None:
    from concurrent.futures import ThreadPoolExecutor

    code = "import time; time.sleep(0.5); print('still here')"
    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(tier.launch, [sys.executable, "-c", code], SMALL, (), stdout=subprocess.PIPE)
        process = started.result()
    assert process.communicate(timeout=10)[0] == b"still here\n"


def test_many_run_at_once(tier: Tier) -> None:
    processes = [
        tier.launch([sys.executable, "-c", f"print({number})"], SMALL, stdout=subprocess.PIPE) for number in range(12)
    ]
    assert [process.communicate(timeout=30)[0] for process in processes] == [b"%d\n" % number for number in range(12)]


def test_the_program_is_nobody_special(run: Run) -> None:
    code = """
import os, sys
sys.path.insert(0, os.path.dirname(__import__("pokerl").__file__) + "/sandbox/inside")
import selfcheck
print(os.getuid() != 0, os.geteuid() != 0, os.getgroups(), any(selfcheck.capabilities()))
"""
    found = run(code).stdout
    assert found.startswith(b"True True ")
    assert found.endswith(b" False\n")


def test_a_program_that_cannot_be_started_says_so(tier: Tier) -> None:
    process = tier.launch(["/no/such/program"], SMALL, stderr=subprocess.PIPE)
    errors = process.communicate(timeout=10)[1]
    assert process.returncode == 125
    assert b"pokerl sandbox: " in errors


def test_default_limits_let_numpy_work(run: Run) -> None:
    code = "import numpy; a = numpy.random.default_rng(1).random((400, 400)); print(round(float((a @ a).mean())))"
    assert run(code, policy=Policy()).stdout == b"100\n"
