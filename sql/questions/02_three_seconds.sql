-- Who stays in the lane for too long?
--
-- Only counts that reach the limit even if every position were wrong by lane_error_m() against
-- the player. Few of them are whistled.
--
-- Plot: bars, player_name, violations
--
-- player_name  Player; null if undecided.
-- kind         offence or defence.
-- violations   Counts of three seconds and more.
-- longest_s    The longest of them at least, seconds.

select
    rosters.player_name,
    three_second_violations.kind,
    count(*) as violations,
    max(three_second_violations.min_duration_s) as longest_s
from three_second_violations
left join rosters
    on three_second_violations.game_id = rosters.game_id
    and three_second_violations.player_id = rosters.player_id
where three_second_violations.grade in ('clear', 'technical')
group by rosters.player_name, three_second_violations.kind
order by violations desc, longest_s desc, rosters.player_name
