-- Who stays in the lane for too long?
--
-- A clear count is half a second too long even if every position were wrong by lane_error_m()
-- against the player, a technical one reaches three seconds even so, and a possible one only if
-- positions err the other way. Few of them are whistled.
--
-- Plot: bars, player_name, clear
--
-- player_name  Player; null if undecided.
-- team         Its name, or else its id.
-- team_id      Team.
-- player_id    Player; two may have one name.
-- kind         offence or defence.
-- clear        Counts that are clear.
-- technical    Counts that are technical.
-- possible     Counts that are only possible.
-- longest_s    The longest of the clear and technical ones at least, seconds; null if none.

select
    any_value(rosters.player_name) as player_name,
    coalesce(any_value(teams.team_name), three_second_violations.team_id) as team,
    three_second_violations.team_id,
    three_second_violations.player_id,
    three_second_violations.kind,
    count(*) filter (three_second_violations.grade = 'clear') as clear,
    count(*) filter (three_second_violations.grade = 'technical') as technical,
    count(*) filter (three_second_violations.grade = 'possible') as possible,
    max(three_second_violations.min_duration_s) filter (
        three_second_violations.grade <> 'possible'
    ) as longest_s
from three_second_violations
left join rosters
    on three_second_violations.game_id = rosters.game_id
    and three_second_violations.player_id = rosters.player_id
left join teams
    on three_second_violations.game_id = teams.game_id
    and three_second_violations.team_id = teams.team_id
group by
    three_second_violations.team_id,
    three_second_violations.player_id,
    three_second_violations.kind
order by clear desc, technical desc, possible desc, three_second_violations.player_id
