-- Events that both the video and the play-by-play show, and by how much their clocks differ.
--
-- A shot attempt is seen when it is released, and called once it fell or missed; control changes
-- when the other team is first seen with the ball, and by a defensive rebound or a turnover. Every
-- two of one team within lag_reach_s() are a pair, of which most are chance: clock_lags tells how
-- much later the calls are.
--
-- game_id         Game.
-- event           shot attempt or change of control.
-- team_id         Team that shoots, or gains control.
-- period          Period.
-- seen_s          When it was seen, seconds of the video.
-- seen_clock_s    Game clock then, seconds.
-- event_index     Event of the play-by-play.
-- called_clock_s  Game clock of that event, seconds.
-- lag_s           Clock seen less clock called: how much later it was called, seconds.

with controls as (
    select
        team_control.game_id,
        team_control.time_s,
        team_control.team_id,
        main_frames.period,
        main_frames.game_clock_s,
        lag(team_control.team_id) over (
            partition by team_control.game_id, team_control.segment_index
            order by team_control.time_s
        ) as before_team_id
    from team_control
    inner join main_frames
        on team_control.game_id = main_frames.game_id
        and team_control.frame_index = main_frames.frame_index
    where team_control.state = 'controlled' and team_control.team_id is not null
),

seen as (
    select
        game_id,
        'shot attempt' as event,
        team_id,
        period,
        release_s as time_s,
        release_clock_s as game_clock_s
    from shot_attempts
    union all
    select game_id, 'change of control' as event, team_id, period, time_s, game_clock_s
    from controls
    where team_id <> before_team_id
),

touched as (
    select
        called_events.game_id,
        called_events.event_index,
        called_events.kind,
        called_events.team_id,
        called_events.period,
        called_events.game_clock_s,
        games.home_team_id,
        games.away_team_id,
        lag(called_events.team_id) over (
            partition by called_events.game_id, called_events.period
            order by called_events.event_index
        ) as before_team_id
    from called_events
    inner join games on called_events.game_id = games.game_id
    where
        called_events.team_id is not null
        and called_events.kind in (
            'made shot', 'missed shot', 'free throw', 'rebound', 'turnover'
        )
),

called as (
    select
        game_id,
        event_index,
        if(kind in ('made shot', 'missed shot'), 'shot attempt', 'change of control') as event,
        case
            when kind <> 'turnover' then team_id
            when team_id = home_team_id then away_team_id
            else home_team_id
        end as team_id,
        period,
        game_clock_s
    from touched
    where kind <> 'free throw' and (kind <> 'rebound' or team_id <> before_team_id)
)

select
    seen.game_id,
    seen.event,
    seen.team_id,
    seen.period,
    seen.time_s as seen_s,
    seen.game_clock_s as seen_clock_s,
    called.event_index,
    called.game_clock_s as called_clock_s,
    seen.game_clock_s - called.game_clock_s as lag_s
from seen
inner join called
    on seen.game_id = called.game_id
    and seen.event = called.event
    and seen.team_id = called.team_id
    and seen.period = called.period
    and abs(seen.game_clock_s - called.game_clock_s) <= lag_reach_s()
