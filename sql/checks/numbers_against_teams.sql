-- A number that was read is worn by somebody of the team that the jersey says. Single readings
-- may err; returns the games in which more than one in four of the tracklets with a number and a
-- team, and at least five, contradict their roster: a wrong roster, or the teams exchanged.
with told as (
    select
        identities.game_id,
        not exists (
            select 1 from rosters
            where
                rosters.game_id = identities.game_id
                and rosters.team_id = identities.team_id
                and rosters.jersey_number = identities.jersey_number
                and rosters.active
        ) as contradicts
    from identities
    where identities.jersey_number is not null and identities.team_id is not null
)

select
    game_id,
    count(*) as tracklets,
    count(*) filter (contradicts) as contradictions
from told
group by game_id
having contradictions >= 5 and contradictions > 0.25 * tracklets
