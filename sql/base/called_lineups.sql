-- Line-ups by the play-by-play: who of a team was on the court between its substitutions.
--
-- Fewer than five are named where a player does nothing in a whole period (see called_stints).
--
-- game_id        Game.
-- team_id        Team.
-- period         Period.
-- start_clock_s  Game clock when the line-up begins, seconds.
-- end_clock_s    Game clock when it ends, seconds.
-- players        How many are known.
-- player_ids     Who they are, sorted, with commas between.

with edges as (
    select game_id, team_id, period, start_clock_s as clock_s from called_stints
    union
    select game_id, team_id, period, end_clock_s from called_stints
),

stretches as (
    select
        game_id,
        team_id,
        period,
        clock_s as start_clock_s,
        lead(clock_s) over (
            partition by game_id, team_id, period order by clock_s desc
        ) as end_clock_s
    from edges
)

select
    stretches.game_id,
    stretches.team_id,
    stretches.period,
    stretches.start_clock_s,
    stretches.end_clock_s,
    count(distinct called_stints.player_id) as players,
    string_agg(distinct called_stints.player_id, ',' order by called_stints.player_id)
        as player_ids
from stretches
inner join called_stints
    on stretches.game_id = called_stints.game_id
    and stretches.team_id = called_stints.team_id
    and stretches.period = called_stints.period
    and stretches.start_clock_s <= called_stints.start_clock_s
    and stretches.end_clock_s >= called_stints.end_clock_s
where stretches.end_clock_s is not null
group by
    stretches.game_id,
    stretches.team_id,
    stretches.period,
    stretches.start_clock_s,
    stretches.end_clock_s
