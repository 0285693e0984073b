-- Refunds from before there were offers: what they give back, or gave back, is the order's money as well.
update attempts
set order_back_minor = refunding_minor + refunded_minor
where settled = 'accepted'
  and refunding_minor + refunded_minor > order_back_minor;
