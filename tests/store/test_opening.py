"""Opening a store: new, known, newer, locked, damaged, read-only, foreign, unreachable."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ProgrammingError

from pipeline.errors import StoreError
from pipeline.store import open_store
from pipeline.store.failures import failure
from pipeline.store.migrations import config
from pipeline.store.tables import REVISIONS, VERSION_TABLE, metadata
from tests.store.samples import NOW, feed, forked


def refused(url: str | Path, busy_seconds: float = 0.1) -> str:
    """The code of the error that opening raises; its words are whole sentences."""
    with pytest.raises(StoreError) as caught:
        open_store(str(url), busy_seconds=busy_seconds)
    (issue,) = caught.value.issues
    assert issue.sentence.endswith("。")
    assert issue.remedy.endswith("。")
    return issue.code


def test_a_new_store_makes_its_folder_and_can_be_opened_again(tmp_path: Path) -> None:
    file = tmp_path / "带 空格 & 100%" / "state.db"
    first = open_store(str(file))
    first.sync_feeds([feed()], NOW)
    first.close()
    assert sorted(p.name for p in file.parent.iterdir()) == ["state.db"]
    second = open_store(f"sqlite:///{file}")
    assert len(second.feed_health()) == 1
    second.close()


def test_the_migrated_schema_is_the_one_the_code_speaks(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "s.db"))
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == REVISIONS[-1]
    store.close()


def test_the_known_revisions_are_alembics() -> None:
    script = ScriptDirectory.from_config(config())
    assert tuple(r.revision for r in reversed(list(script.walk_revisions()))) == REVISIONS


def test_a_store_at_todays_schema_loads_no_alembic_and_importing_the_room_no_sql(
    tmp_path: Path,
) -> None:
    open_store(str(tmp_path / "s.db")).close()
    code = (
        "import sys, pipeline.store as room\n"
        "assert not {'sqlalchemy', 'pydantic'} & set(sys.modules)\n"
        f"room.open_store({str(tmp_path / 's.db')!r}).close()\n"
        "assert 'sqlalchemy' in sys.modules and 'alembic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_two_processes_may_create_it_at_once(tmp_path: Path) -> None:
    url = str(tmp_path / "new" / "s.db")
    children = [forked(lambda: open_store(url).close()) for _ in range(4)]
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 4
    open_store(url).close()


def test_a_newer_schema_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    open_store(str(file)).close()
    with sqlite3.connect(file) as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    connection.close()
    assert refused(file) == "store.newer"


def test_a_migration_that_was_killed_starts_over(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    open_store(str(file)).close()
    file.unlink()

    def work() -> None:
        from pipeline.store import migrations

        upgrade = migrations.upgrade

        def die(connection: object) -> None:
            upgrade(connection)  # type: ignore[arg-type]
            os.kill(os.getpid(), 9)

        migrations.upgrade = die  # type: ignore[assignment]
        open_store(str(file))

    assert os.waitpid(forked(work), 0)[1] == 9
    open_store(str(file)).close()


def test_a_damaged_file(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    file.write_bytes(b"not a database, but long enough to look like a header" * 100)
    assert refused(file) == "store.corrupt"
    assert file.read_bytes().startswith(b"not a database"), "it is left for a rescue"


def test_a_file_damaged_inside(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    store = open_store(str(file))
    store.sync_feeds([feed(f"{n}") for n in range(2000)], NOW)
    store.close()
    data = bytearray(file.read_bytes())
    data[8192:] = os.urandom(64) * ((len(data) - 8192) // 64)
    file.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        open_store(str(file)).feed_health()
    assert caught.value.issues[0].code == "store.corrupt"


def test_a_locked_file(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    store = open_store(str(file), busy_seconds=0.05)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as caught:
        store.sync_feeds([feed()], NOW)
    assert caught.value.issues[0].code == "store.locked"
    other.execute("ROLLBACK")
    store.sync_feeds([feed()], NOW)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.close()
    store.close()


def test_a_file_another_program_holds_for_itself(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert refused(file) == "store.locked"
    other.close()


def test_a_read_only_file(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    open_store(str(file)).close()
    store = open_store(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(StoreError) as caught:
        store.sync_feeds([feed()], NOW)
    assert caught.value.issues[0].code == "store.read_only"
    store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    open_store(str(tmp_path / "s.db")).close()
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert refused(tmp_path / "s.db") == "store.read_only"
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_a_folder_is_no_file_and_a_file_no_folder(tmp_path: Path) -> None:
    assert refused(tmp_path) == "store.cannot_open"
    (tmp_path / "file").touch()
    assert refused(tmp_path / "file" / "s.db") == "store.cannot_open"


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    connection.close()
    assert refused(file) == "store.foreign"
    with sqlite3.connect(file) as connection:
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert names == [("theirs",)]


@pytest.mark.parametrize(
    "url",
    ["", "sqlite://", "mysql://h/db", "://", "sqlite:///:memory:", "sqlite+aiosqlite:///s.db"],
)
def test_addresses_that_name_no_store(url: str) -> None:
    assert refused(url) == "store.bad_url"


def test_a_password_is_not_shown() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql+psycopg://u:secret@127.0.0.1:1/none?connect_timeout=1")
    assert "secret" not in str(caught.value)
    assert caught.value.issues[0].code in ("store.driver_missing", "store.unreachable")


def test_the_password_of_an_unreadable_address_is_not_shown() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql+psycopg://u:secret@host:port/db")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("sqlstate", "code"),
    [("42501", "store.read_only"), ("25006", "store.read_only"), ("42P01", None)],
)
def test_what_postgresql_refuses(sqlstate: str, code: str | None) -> None:
    origin = Exception("refused")
    origin.sqlstate = sqlstate  # type: ignore[attr-defined]
    explained = failure(ProgrammingError("INSERT", {}, origin), "db")
    assert (explained and explained.issues[0].code) == code
