-- Who guards whom?
--
-- Time as the nearest defender while the attacker's team is in its frontcourt.
--
-- Plot: bars, pair, guarded_s
--
-- pair           Attacker and defender.
-- guarded_s      Time as the nearest defender, seconds.
-- guarded_share  Share of the time in which the attacker had a named nearest defender.
-- distance_m     Mean distance, metres.

select
    attackers.player_name || ' by ' || defenders.player_name as pair,
    matchups.guarded_s,
    matchups.guarded_share,
    matchups.distance_m
from matchups
inner join rosters as attackers
    on matchups.game_id = attackers.game_id and matchups.player_id = attackers.player_id
inner join rosters as defenders
    on matchups.game_id = defenders.game_id
    and matchups.defender_player_id = defenders.player_id
order by matchups.guarded_s desc, pair
limit 20
