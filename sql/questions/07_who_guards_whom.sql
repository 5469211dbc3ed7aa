-- Who guards whom?
--
-- Time as the nearest defender while the attacker's team is in its frontcourt, of all games. Pairs
-- of whom the attacker was guarded for less than least_exposure_share() of the longest guarded
-- are left out.
--
-- Plot: bars, pair, guarded_s
--
-- pair                Attacker and defender.
-- player_id           Attacker.
-- defender_player_id  Defender.
-- guarded_s           Time as the nearest defender, seconds.
-- guarded_share       Share of the time in which the attacker had a named nearest defender.
-- distance_m          Mean distance, metres.

with pairs as (
    select
        any_value(attackers.player_name) || ' by ' || any_value(defenders.player_name) as pair,
        matchups.player_id,
        matchups.defender_player_id,
        sum(matchups.guarded_s) as guarded_s,
        sum(matchups.guarded_s * matchups.distance_m) / sum(matchups.guarded_s) as distance_m
    from matchups
    inner join rosters as attackers
        on matchups.game_id = attackers.game_id and matchups.player_id = attackers.player_id
    inner join rosters as defenders
        on matchups.game_id = defenders.game_id
        and matchups.defender_player_id = defenders.player_id
    group by matchups.player_id, matchups.defender_player_id
),

attacked as (
    select *, sum(guarded_s) over (partition by player_id) as attacker_s from pairs
)

select
    pair,
    player_id,
    defender_player_id,
    guarded_s,
    guarded_s / attacker_s as guarded_share,
    distance_m
from attacked
qualify attacker_s >= least_exposure_share() * max(attacker_s) over ()
order by guarded_s desc, player_id, defender_player_id
limit 20
