-- Who spends most of their time on offence in the lane?
--
-- Seconds are divided by the seconds in which the player was seen while their team attacked, so
-- that players who were seen longer do not come first for that alone. Who was seen for less than
-- least_exposure_share() of the longest seen is left out.
--
-- Plot: bars, player_name, lane_share
--
-- player_name  Player.
-- team         Its name, or else its id.
-- team_id      Team.
-- player_id    Player; two may have one name.
-- lane_share   Share of the observed offence spent in the lane attacked.
-- offence_s    Observed on offence, seconds.

select
    any_value(rosters.player_name) as player_name,
    coalesce(any_value(teams.team_name), lane_time.team_id) as team,
    lane_time.team_id,
    lane_time.player_id,
    sum(lane_time.offence_lane_s) / sum(lane_time.offence_s) as lane_share,
    sum(lane_time.offence_s) as offence_s
from lane_time
inner join rosters
    on lane_time.game_id = rosters.game_id and lane_time.player_id = rosters.player_id
left join teams
    on lane_time.game_id = teams.game_id and lane_time.team_id = teams.team_id
group by lane_time.team_id, lane_time.player_id
having sum(lane_time.offence_s) > 0
qualify
    sum(lane_time.offence_s)
    >= least_exposure_share() * max(sum(lane_time.offence_s)) over ()
order by lane_share desc, lane_time.player_id
