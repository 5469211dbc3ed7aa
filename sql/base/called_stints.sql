-- Stints by the play-by-play: when each player was on the court, by the substitutions called.
--
-- Who begins a period is not called: a player who leaves, or does something, before coming in was
-- there. Who does nothing in a period and is never substituted in it is missing.
--
-- game_id        Game.
-- team_id        Team of the player.
-- player_id      Player.
-- period         Period.
-- start_clock_s  Game clock when the stint begins, seconds.
-- end_clock_s    Game clock when it ends, seconds.

with marks as (
    select game_id, period, event_index, game_clock_s, team_id, player_id, 'out' as mark
    from called_events
    where kind = 'substitution' and player_id is not null
    union all
    select game_id, period, event_index, game_clock_s, team_id, in_player_id, 'in'
    from called_events
    where kind = 'substitution' and in_player_id is not null
    union all
    select game_id, period, event_index, game_clock_s, team_id, player_id, 'act'
    from called_events
    where
        player_id is not null
        and coalesce(detail, '') <> 'technical foul'
        and kind in (
            'made shot', 'missed shot', 'free throw', 'rebound', 'turnover', 'foul', 'jump ball'
        )
),

starters as (
    select
        marks.game_id,
        marks.period,
        any_value(marks.team_id) as team_id,
        marks.player_id,
        any_value(
            if(marks.period > game_rules.periods, game_rules.overtime_s, game_rules.period_s)
        ) as game_clock_s
    from marks
    inner join game_rules on marks.game_id = game_rules.game_id
    group by marks.game_id, marks.period, marks.player_id
    having arg_min(marks.mark, marks.event_index) <> 'in'
),

changes as (
    select game_id, period, -1 as event_index, game_clock_s, team_id, player_id, 'in' as mark
    from starters
    union all
    select game_id, period, event_index, game_clock_s, team_id, player_id, mark
    from marks
    where mark <> 'act'
),

stretches as (
    select
        game_id,
        team_id,
        player_id,
        period,
        mark,
        game_clock_s as start_clock_s,
        coalesce(lead(game_clock_s) over player, 0) as end_clock_s
    from changes
    window player as (partition by game_id, period, player_id order by event_index)
)

select
    game_id,
    team_id,
    player_id,
    period,
    start_clock_s,
    end_clock_s
from stretches
where mark = 'in' and start_clock_s > end_clock_s
