-- Players are seen as long as the box score says that they played, where the game file has it.
-- Names are missing here and there; returns the teams of which more than a quarter of the time
-- that was seen would have to be other players' to agree.
with named as (
    select player_frames.game_id, player_frames.player_id, count(*) as frames
    from player_frames
    inner join segments
        on player_frames.game_id = segments.game_id
        and player_frames.segment_index = segments.segment_index
    where player_frames.player_id is not null and segments.view = 'main'
    group by player_frames.game_id, player_frames.player_id
),

seen as (
    select
        rosters.game_id,
        rosters.team_id,
        rosters.played_s / sum(rosters.played_s) over team as played_share,
        coalesce(named.frames, 0) / sum(named.frames) over team as seen_share
    from rosters
    left join named
        on rosters.game_id = named.game_id and rosters.player_id = named.player_id
    where rosters.played_s is not null
    window team as (partition by rosters.game_id, rosters.team_id)
)

select game_id, team_id, sum(abs(seen_share - played_share)) / 2 as misplaced_share
from seen
group by game_id, team_id
having sum(abs(seen_share - played_share)) / 2 > 0.25
