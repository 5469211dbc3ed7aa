-- Who has the ball for how long?
--
-- A touch of which the ball was not seen throughout counts from its first frame to its last.
--
-- Plot: bars, player_name, ball_s
--
-- player_name  Player; null if undecided.
-- team         Its name, or else its id; null if undecided.
-- team_id      Team; null if undecided.
-- player_id    Player; two may have one name.
-- ball_s       Time of all touches, seconds.
-- touches      How many.
-- drives       Of which drives.

select
    any_value(rosters.player_name) as player_name,
    coalesce(any_value(teams.team_name), touches.team_id) as team,
    touches.team_id,
    touches.player_id,
    sum(touches.duration_s) as ball_s,
    count(*) as touches,
    count(*) filter (where touches.is_drive) as drives
from touches
left join rosters
    on touches.game_id = rosters.game_id and touches.player_id = rosters.player_id
left join teams
    on touches.game_id = teams.game_id and touches.team_id = teams.team_id
group by touches.team_id, touches.player_id
order by ball_s desc, touches.player_id
