(* Chaos passes from a map to related maps: to its mirror image, from an iterate, to a wider interval, and
   from the extension of a map of an interval to the map itself. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity.
Local Open Scope R_scope.

(* ---- A wider interval ---- *)

Lemma scrambled_widen f lo hi lo' hi' : lo' <= lo -> hi <= hi' -> has_scrambled f lo hi ->
  has_scrambled f lo' hi'.
Proof.
  intros Hlo Hhi (S & Sin & Srest). exists S; split; auto. intros x Sx; specialize (Sin x Sx); lra.
Qed.

Lemma chaotic_widen f lo hi lo' hi' : lo' <= lo -> hi <= hi' ->
  li_yorke_chaotic f lo hi -> li_yorke_chaotic f lo' hi'.
Proof.
  intros Hlo Hhi [HP HS]. split.
  - intros n Hn; destruct (HP n Hn) as [x [Hx H]]; exists x; split; auto; lra.
  - apply (scrambled_widen f lo hi); auto.
Qed.

(* ---- The mirror image x -> - f (- x) ---- *)

Definition mir (f : R -> R) (x : R) : R := - f (- x).

Lemma mir_cont f : continuity f -> continuity (mir f).
Proof. intro Hf. apply cont_opp, cont_reflect, Hf. Qed.

Lemma iter_mir f n x : iter n (mir f) x = - iter n f (- x).
Proof. induction n; simpl; [lra|]. rewrite IHn. unfold mir. f_equal. f_equal. lra. Qed.

Lemma mir_dist f n x y :
  Rabs (iter n (mir f) x - iter n (mir f) y) = Rabs (iter n f (- x) - iter n f (- y)).
Proof. rewrite !iter_mir. rewrite <- Rabs_Ropp. f_equal; lra. Qed.

Lemma distal_mir f x y : distal (mir f) x y -> distal f (- x) (- y).
Proof.
  intros [d [Hd H]]; exists d; split; auto. intro N; destruct (H N) as [n [Hn H']].
  exists n; split; auto. rewrite <- mir_dist; auto.
Qed.

Lemma proximal_mir f x y : proximal (mir f) x y -> proximal f (- x) (- y).
Proof.
  intros H e He N; destruct (H e He N) as [n [Hn H']].
  exists n; split; auto. rewrite <- mir_dist; auto.
Qed.

Lemma periodic_mir f q : periodic f q -> periodic (mir f) (- q).
Proof. intros [n [Hn E]]; exists n; split; auto. rewrite iter_mir, Ropp_involutive, E; auto. Qed.

Lemma least_period_mir f q p : least_period (mir f) q p -> least_period f q (- p).
Proof.
  intros [H1 [H2 H3]]. split; [auto|]. rewrite iter_mir in H2. split; [lra|].
  intros k Hk E. apply (H3 k Hk). rewrite iter_mir. lra.
Qed.

Lemma scrambled_mir f lo hi : has_scrambled (mir f) lo hi -> has_scrambled f (- hi) (- lo).
Proof.
  intros (S & Sin & Snot & Sunc & Sscr & Sper).
  exists (fun x => S (- x)). split; [|split; [|split; [|split]]].
  - intros x Sx; specialize (Sin _ Sx); lra.
  - intros x Sx Hp. apply (Snot _ Sx). apply periodic_mir; auto.
  - intro s. destruct (Sunc (fun n => - s n)) as [x [Sx Hn]]. exists (- x).
    split; [rewrite Ropp_involutive; auto|]. intros n E. apply (Hn n). rewrite E; lra.
  - intros x y Sx Sy Hne. destruct (Sscr _ _ Sx Sy ltac:(lra)) as [Hd Hp].
    apply distal_mir in Hd. apply proximal_mir in Hp. rewrite !Ropp_involutive in *. split; auto.
  - intros x q Sx Hq. pose proof (Sper _ _ Sx (periodic_mir _ _ Hq)) as Hd.
    apply distal_mir in Hd. rewrite !Ropp_involutive in Hd. auto.
Qed.

Lemma chaotic_mir f lo hi : li_yorke_chaotic (mir f) lo hi -> li_yorke_chaotic f (- hi) (- lo).
Proof.
  intros [HP HS]. split; [|apply scrambled_mir; auto].
  intros n Hn. destruct (HP n Hn) as [x [Hx Lx]]. exists (- x). split; [lra|]. apply least_period_mir; auto.
Qed.

(* ---- From an iterate ---- *)

Lemma iterate_scrambled f k lo hi : (0 < k)%nat -> has_scrambled (iter k f) lo hi -> has_scrambled f lo hi.
Proof.
  intros Hk (S & Sin & Snot & Sunc & Sscr & Sper).
  assert (D : forall x y, distal (iter k f) x y -> distal f x y).
  { intros x y [d [Hd H]]; exists d; split; auto. intro N; destruct (H N) as [n [Hn H']].
    exists (n * k)%nat; split; [nia|]. rewrite <- !iter_iter; auto. }
  assert (P : forall x y, proximal (iter k f) x y -> proximal f x y).
  { intros x y H e He N; destruct (H e He N) as [n [Hn H']].
    exists (n * k)%nat; split; [nia|]. rewrite <- !iter_iter; auto. }
  exists S. split; [auto|]. split; [|split; [auto|split]].
  - intros x Sx Hp. apply (Snot x Sx), periodic_iter, Hp.
  - intros x y Sx Sy Hne; destruct (Sscr x y Sx Sy Hne); split; auto.
  - intros x q Sx Hq. apply D, Sper; auto. apply periodic_iter; auto.
Qed.

(* ---- From the extension of a map of [lo, hi] ---- *)

Lemma finite_min (D : nat -> R) m : (forall k, (k < m)%nat -> 0 < D k) ->
  exists d, 0 < d /\ forall k, (k < m)%nat -> d <= D k.
Proof.
  induction m as [|m IH]; intro H.
  - exists 1; split; [lra|]; intros; lia.
  - destruct IH as [d [Hd Hmin]]; [intros; apply H; lia|]. pose proof (H m ltac:(lia)).
    exists (Rmin d (D m)); split; [apply Rmin_pos; auto|].
    intros k Hk. pose proof (Rmin_l d (D m)). pose proof (Rmin_r d (D m)).
    destruct (Nat.eq_dec k m) as [->|]; auto. specialize (Hmin k ltac:(lia)); lra.
Qed.

(* A cycle outside of an invariant interval stays a positive distance away from it. *)
Lemma outside_distal f lo hi x q : selfmap f lo hi -> lo <= x <= hi -> periodic f q -> ~ lo <= q <= hi ->
  distal f x q.
Proof.
  intros Hs Hx [m [Hm Eq]] Hq.
  assert (Hout : forall n, ~ lo <= iter n f q <= hi).
  { intros n Hn. apply Hq. pose proof (Nat.div_mod n m ltac:(lia)) as Dn.
    pose proof (Nat.mod_upper_bound n m ltac:(lia)).
    rewrite <- (periodic_mult f m q Eq (S (n / m))).
    replace (S (n / m) * m)%nat with ((m - n mod m) + n)%nat by (simpl; lia). rewrite iter_add.
    apply selfmap_iter; auto. }
  set (D := fun n => Rmax (lo - iter n f q) (iter n f q - hi)).
  destruct (finite_min D m) as [d [Hd Hmin]].
  { intros k _. specialize (Hout k). unfold D, Rmax. destruct (Rle_dec _ _); lra. }
  exists d; split; auto. intro N. exists N; split; auto.
  specialize (Hmin (N mod m) (Nat.mod_upper_bound N m ltac:(lia))). unfold D in Hmin.
  rewrite <- iter_mod in Hmin by auto.
  pose proof (selfmap_iter f lo hi Hs N x Hx) as Hxn. specialize (Hout N).
  unfold Rmax in Hmin. destruct (Rle_dec _ _) in Hmin.
  - rewrite Rabs_left1; lra.
  - rewrite Rabs_right; lra.
Qed.

Section Restriction.
Variables (f : R -> R) (lo hi : R).
Hypothesis Hs : selfmap f lo hi.

Lemma ext_distal x y : lo <= x <= hi -> lo <= y <= hi -> distal (ext f lo hi) x y -> distal f x y.
Proof.
  intros Hx Hy [d [Hd H]]; exists d; split; auto. intro N; destruct (H N) as [n [Hn H']].
  exists n; split; auto. rewrite <- !(ext_iter f lo hi); auto.
Qed.

Lemma ext_periodic q : lo <= q <= hi -> periodic f q -> periodic (ext f lo hi) q.
Proof. intros Hq [n [Hn E]]; exists n; split; auto. rewrite ext_iter; auto. Qed.

Lemma ext_least_period n x : lo <= x <= hi -> least_period (ext f lo hi) n x -> least_period f n x.
Proof.
  intros Hx [Hn [E Hmin]]. split; [auto|]. rewrite <- (ext_iter f lo hi); auto. split; auto.
  intros k Hk. rewrite <- (ext_iter f lo hi); auto.
Qed.

Lemma ext_scrambled : has_scrambled (ext f lo hi) lo hi -> has_scrambled f lo hi.
Proof.
  intros (S & Sin & Snot & Sunc & Sscr & Sper).
  exists S. split; [auto|]. split; [|split; [auto|split]].
  - intros x Sx Hp. apply (Snot x Sx), ext_periodic; auto.
  - intros x y Sx Sy Hne. destruct (Sscr x y Sx Sy Hne) as [Hd Hp]. split.
    + apply ext_distal; auto.
    + intros e He N; destruct (Hp e He N) as [n [Hn H]]. exists n; split; auto.
      rewrite <- !(ext_iter f lo hi); auto.
  - intros x q Sx Hq. destruct (Rle_dec lo q); [destruct (Rle_dec q hi)|].
    + apply ext_distal; auto. apply Sper; auto. apply ext_periodic; auto.
    + apply (outside_distal f lo hi); auto. lra.
    + apply (outside_distal f lo hi); auto. lra.
Qed.

Lemma ext_chaotic : li_yorke_chaotic (ext f lo hi) lo hi -> li_yorke_chaotic f lo hi.
Proof.
  intros [HP HS]. split; [|apply ext_scrambled; auto].
  intros n Hn; destruct (HP n Hn) as [x [Hx Lx]]. exists x; split; auto. apply ext_least_period; auto.
Qed.
End Restriction.
