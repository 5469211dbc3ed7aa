-- Where do teams stand on offence?
--
-- All players of all teams, turned so that the attacked basket is on the right.
--
-- Plot: court, cell_x_m, cell_y_m
--
-- cell_x_m  Centre of the cell along the court, metres.
-- cell_y_m  Centre of the cell across the court, metres.
-- seen_s    Time of players in the cell, seconds.

select
    cell_x_m,
    cell_y_m,
    sum(seen_s) as seen_s
from heat_map
where is_offence
group by cell_x_m, cell_y_m
order by seen_s desc, cell_x_m, cell_y_m
