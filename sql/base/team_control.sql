-- Who has the ball in each frame of the main view, who controls it, and which basket they attack.
--
-- A team controls the ball from its first sighting with it, through passes, until the other team
-- has it, a shot attempt is released, the ball falls through a ring, or the camera cuts. Once the
-- ball was not seen for control_memory_s(), the team keeps or gains control that attacks the
-- basket in front of which the teams stand; without such a formation control is unknown.
--
-- game_id              Game.
-- segment_index        Camera shot.
-- frame_index          Frame.
-- time_s               Time of the frame, seconds.
-- holder_tracklet_id   Who is seen with the ball; null if nobody.
-- holder_team_id       Team of the holder; null if nobody or undecided.
-- holder_player_id     Player who holds the ball; null if nobody or undecided.
-- holder_prob          Probability of that player; null if none.
-- holder_x_m           Where the holder stands along the court, metres; null if unknown.
-- holder_y_m           Where the holder stands across the court, metres; null if unknown.
-- team_id              Team that controls the ball; null if none or unknown.
-- control_index        Control of one team without interruption, counted in the segment.
-- state                controlled, released (a shot attempt), scored, or unknown.
-- is_inferred          Whether control is that of the formation, without the ball.
-- shooter_tracklet_id  Who released the ball, until it is controlled again; else null.
-- attack_sign          Basket that this team attacks: 1 for x > 0, or -1; null if undecided.
-- is_frontcourt        Whether it has had the ball on that half since it gained control.

with last_sightings as (
    select
        main_frames.game_id,
        main_frames.segment_index,
        main_frames.frame_index,
        main_frames.time_s,
        ball_controls.team_id,
        ball_controls.state,
        ball_controls.tracklet_id,
        coalesce(ball_controls.control_index, 0) as control_index,
        coalesce(
            rounded_s(main_frames.time_s - ball_controls.time_s) <= control_memory_s(), false
        ) as is_recent
    from main_frames
    asof left join ball_controls
        on main_frames.game_id = ball_controls.game_id
        and main_frames.segment_index = ball_controls.segment_index
        and main_frames.time_s >= ball_controls.time_s
),

sided as (
    select
        last_sightings.game_id,
        last_sightings.segment_index,
        last_sightings.frame_index,
        last_sightings.time_s,
        last_sightings.team_id as last_team_id,
        last_sightings.is_recent,
        if(
            attack_baskets.home_sign = formations.half_sign,
            game_rules.home_team_id,
            game_rules.away_team_id
        ) as attacking_team_id,
        not last_sightings.is_recent
        and coalesce(formations.is_settled and attack_baskets.home_sign is not null, false)
            as is_inferred,
        case
            when is_inferred then attacking_team_id
            when last_sightings.is_recent then last_sightings.team_id
        end as team_id,
        2 * last_sightings.control_index
        + (is_inferred and attacking_team_id is distinct from last_sightings.team_id)::integer
            as control_index,
        case
            when is_inferred then 'controlled'
            when last_sightings.is_recent then last_sightings.state
            else 'unknown'
        end as state,
        if(
            last_sightings.is_recent and last_sightings.state = 'released',
            last_sightings.tracklet_id,
            null
        ) as shooter_tracklet_id,
        case
            when is_inferred then formations.half_sign
            when last_sightings.team_id = game_rules.home_team_id then attack_baskets.home_sign
            when last_sightings.team_id = game_rules.away_team_id then -attack_baskets.home_sign
        end as team_sign
    from last_sightings
    inner join game_rules on last_sightings.game_id = game_rules.game_id
    left join attack_baskets
        on last_sightings.game_id = attack_baskets.game_id
        and last_sightings.segment_index = attack_baskets.segment_index
    left join formations
        on last_sightings.game_id = formations.game_id
        and last_sightings.frame_index = formations.frame_index
),

held as (
    select
        sided.*,
        holders.tracklet_id as holder_tracklet_id,
        holders.team_id as holder_team_id,
        holders.player_id as holder_player_id,
        holders.identity_prob as holder_prob,
        holders.court_x_m as holder_x_m,
        holders.court_y_m as holder_y_m,
        if(sided.team_id is null, null, sided.team_sign) as attack_sign
    from sided
    left join ball_sightings as holders
        on sided.game_id = holders.game_id
        and sided.frame_index = holders.frame_index
        and holders.event = 'held'
)

select
    game_id,
    segment_index,
    frame_index,
    time_s,
    holder_tracklet_id,
    holder_team_id,
    holder_player_id,
    holder_prob,
    holder_x_m,
    holder_y_m,
    team_id,
    control_index,
    state,
    is_inferred,
    shooter_tracklet_id,
    attack_sign,
    coalesce(
        bool_or(is_inferred or (holder_team_id = team_id and holder_x_m * attack_sign > 0)) over (
            partition by game_id, segment_index, control_index
            order by time_s
            rows between unbounded preceding and current row
        ),
        false
    ) as is_frontcourt
from held
