"""A folder as a way out: whole files or none, the same files at each attempt, nothing outside."""

from __future__ import annotations

from dataclasses import replace

import pytest
from delivery_servers import read_mail, row

from watcher.deliver import folder
from watcher.errors import DeliveryError
from watcher.model import Channel, ChannelKind

NAMES = ["2023-11-09-daily-ababababab.eml", "2023-11-09-daily-ababababab.html", "2023-11-09-daily-ababababab.txt"]


def payload(rendered, names, **other):
    return folder.build(rendered, Channel("files", ChannelKind.FOLDER), recipient="files", **{**names, **other})[0].payload


async def write(payload, path):
    return await folder.send(row(payload), Channel("files", ChannelKind.FOLDER, folder=str(path)))


async def test_a_digest_is_three_files(rendered, names, tmp_path):
    """One to read, one to search, one to forward."""
    built = payload(rendered, names)
    await write(built, tmp_path / "new" / "folder")
    written = {path.name: path.read_bytes() for path in (tmp_path / "new" / "folder").iterdir()}
    assert sorted(written) == NAMES
    assert written[NAMES[0]] == built
    assert written[NAMES[1]].decode().strip() == rendered.html
    assert written[NAMES[2]].decode() == rendered.text
    assert read_mail(built)["Subject"] == rendered.subject


async def test_a_message_written_twice_is_one_set_of_files(rendered, names, tmp_path):
    """A crash after writing costs nothing: the repeat is the same file."""
    built = payload(rendered, names)
    await write(built, tmp_path)
    await write(built, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES


@pytest.mark.parametrize("name", ["../../outside", "/etc/cron.d/x", "a\x00b", "..", "ប្រចាំថ្ងៃ", "x" * 500, "a\r\nBcc: x"])
async def test_no_name_leads_outside(name, rendered, names, tmp_path):
    """A digest's name is part of the files' names."""
    await write(payload(rendered, names, name=name), tmp_path / "in")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert len(list((tmp_path / "in").iterdir())) == 3


async def test_a_stored_message_that_was_tampered_with_stays_inside(rendered, names, tmp_path):
    """Who can write to the database must not thereby write anywhere on the disk."""
    await write(payload(rendered, names).replace(b"<daily.", b"</../../out."), tmp_path / "in")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


async def test_a_link_in_the_folder_is_replaced_and_not_followed(rendered, names, tmp_path):
    """Somebody who may write into a shared folder must not make us write elsewhere."""
    (tmp_path / "in").mkdir()
    (tmp_path / "precious").write_text("keep")
    (tmp_path / "in" / NAMES[0]).symlink_to(tmp_path / "precious")
    await write(payload(rendered, names), tmp_path / "in")
    assert (tmp_path / "precious").read_text() == "keep"


async def test_a_folder_that_cannot_be_written_is_a_fault_of_the_channel(rendered, names, tmp_path):
    """A disk that is full or a share that is gone makes messages wait, not fail."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DeliveryError, match="cannot be written") as caught:
        await write(payload(rendered, names), tmp_path / "file")
    assert caught.value.whole_channel
    assert caught.value.retry


async def test_a_write_that_fails_half_way_leaves_no_half_file(rendered, names, tmp_path):
    """A reader never meets half a digest; the next try makes the rest."""
    (tmp_path / NAMES[2]).mkdir()  # a rename onto a folder fails
    with pytest.raises(DeliveryError):
        await write(payload(rendered, names), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES[1:]
    (tmp_path / NAMES[2]).rmdir()
    await write(payload(rendered, names), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES


async def test_a_folder_must_be_named(rendered, names):
    """An empty setting must not write into whatever folder the service was started in."""
    with pytest.raises(DeliveryError, match="`folder` is not set"):
        await folder.send(row(payload(rendered, names)), Channel("files", ChannelKind.FOLDER))


async def test_text_only_makes_no_html_file(rendered, names, tmp_path):
    """A notice to the operator has no HTML."""
    await write(payload(replace(rendered, html=""), names), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAMES[0], NAMES[2]]
