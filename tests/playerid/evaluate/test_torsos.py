import pyarrow.parquet as pq
from typer.testing import CliRunner

from playerid.cli.main import app
from playerid.frames.crops import decode_jpeg

LABELS = """frame_index,x_min_px,y_min_px,x_max_px,y_max_px,role,team_id,jersey_number
1,20,20,60,120,player,A,7
1,100,20,140,120,player,A,
1,200,20,240,120,referee,,
3,20,20,60,120,player,A,12
3,25,20,65,120,player,B,5
"""


def test_the_players_of_a_labelled_clip_who_stand_alone_are_cut_out(make_video, tmp_path):
    video = make_video("clip.mp4", [(5, (30, 60, 90))])
    (tmp_path / "labels.csv").write_text(LABELS)
    out = tmp_path / "torsos.parquet"
    command = ["models", "torsos", str(video), str(tmp_path / "labels.csv"), "--to", str(out)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "2 players, the number of 1 is legible" in " ".join(done.output.split())
    rows = pq.read_table(out)
    assert rows["frame_index"].to_pylist() == [1, 1]
    assert rows["number"].to_pylist() == ["7", None]
    assert decode_jpeg(rows["jpeg"][0].as_py()).shape == (60, 44, 3)
