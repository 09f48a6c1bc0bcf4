(* What a certificate of order proves.

   If f^(2m) x = x implies f^m x = x on [lo, hi], then by Coppel's theorem for f^m every orbit of f is
   asymptotic to a cycle whose period divides m.  Two orbits asymptotic to cycles are asymptotic or stay
   apart: there is no Li-Yorke pair.  The hypothesis is necessary too, and needs to be checked only on a set
   that every orbit enters. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity Transfer Coppel.
Local Open Scope R_scope.

(* ---- Asymptotic orbits ---- *)

Lemma asymptotic_eps f x y : asymptotic f x y <->
  forall eps, 0 < eps -> exists N, forall n, (N <= n)%nat -> Rabs (iter n f x - iter n f y) < eps.
Proof.
  unfold asymptotic, Un_cv, R_dist.
  split; intros H e He; destruct (H e He) as [N HN]; exists N; intros n Hn; specialize (HN n Hn).
  - rewrite Rminus_0_r in HN; exact HN.
  - rewrite Rminus_0_r; exact HN.
Qed.

Lemma asymptotic_sym f x y : asymptotic f x y -> asymptotic f y x.
Proof.
  rewrite !asymptotic_eps. intros H e He; destruct (H e He) as [N HN]; exists N; intros n Hn.
  rewrite Rabs_minus_sym; auto.
Qed.

Lemma asymptotic_trans f x y z : asymptotic f x y -> asymptotic f y z -> asymptotic f x z.
Proof.
  rewrite !asymptotic_eps. intros H1 H2 e He.
  destruct (H1 (e / 2) ltac:(lra)) as [N1 HN1]. destruct (H2 (e / 2) ltac:(lra)) as [N2 HN2].
  exists (Nat.max N1 N2); intros n Hn. specialize (HN1 n ltac:(lia)). specialize (HN2 n ltac:(lia)).
  apply Rabs_def2 in HN1, HN2. apply Rabs_def1; lra.
Qed.

Lemma asymptotic_not_distal f x y : asymptotic f x y -> ~ distal f x y.
Proof.
  rewrite asymptotic_eps. intros H [d [Hd Hx]]. destruct (H d Hd) as [N HN].
  destruct (Hx N) as [n [Hn Hdn]]. specialize (HN n Hn). lra.
Qed.

(* ---- Convergence of f^(nm) x makes the orbit of x asymptotic to a cycle ---- *)

Lemma near_for_n_steps f p e : continuity f -> 0 < e -> forall n,
  exists d, 0 < d /\
    forall t, Rabs (t - p) < d -> forall i, (i < n)%nat -> Rabs (iter i f t - iter i f p) < e.
Proof.
  intros Hf He n; induction n as [|n [d [Hd IH]]].
  - exists 1; split; [lra|]. intros; lia.
  - destruct (cont_near (iter n f) p e (iter_cont f n Hf p) He) as [d' [Hd' Hc]].
    exists (Rmin d d'); split; [apply Rmin_pos; auto|]. intros t Ht i Hi.
    pose proof (Rmin_l d d'). pose proof (Rmin_r d d').
    destruct (Nat.eq_dec i n) as [->|]; [apply Hc; lra|apply IH; [lra|lia]].
Qed.

Lemma asymptotic_of_iterate f m x p : continuity f -> (0 < m)%nat -> iter m f p = p ->
  Un_cv (fun n => iter n (iter m f) x) p -> asymptotic f x p.
Proof.
  intros Hf Hm Ep Hcv. apply asymptotic_eps. intros e He.
  destruct (near_for_n_steps f p e Hf He m) as [d [Hd Hn]].
  destruct (Hcv d Hd) as [N HN].
  exists (N * m)%nat. intros n Hn'.
  assert (Hk : (N <= n / m)%nat) by (apply Nat.div_le_lower_bound; lia).
  specialize (HN _ Hk). unfold R_dist in HN. rewrite iter_iter in HN.
  specialize (Hn _ HN _ (Nat.mod_upper_bound n m ltac:(lia))). rewrite <- iter_add in Hn.
  replace (n mod m + n / m * m)%nat with n in Hn by (pose proof (Nat.div_mod n m ltac:(lia)); lia).
  rewrite <- iter_mod in Hn; auto.
Qed.

(* ---- Two orbits asymptotic to cycles ---- *)

Lemma cycle_points_apart f m p q : (0 < m)%nat -> iter m f p = p -> iter m f q = q -> p <> q ->
  exists d, 0 < d /\ forall n, d <= Rabs (iter n f p - iter n f q).
Proof.
  intros Hm Ep Eq Hne. destruct (finite_min (fun n => Rabs (iter n f p - iter n f q)) m) as [d [Hd Hmin]].
  - intros k Hk. apply Rabs_pos_lt, Rminus_eq_contra. intro E. apply Hne.
    rewrite <- Ep, <- Eq. replace m with ((m - k) + k)%nat by lia. rewrite !iter_add, E. reflexivity.
  - exists d; split; auto. intro n. rewrite (iter_mod f m p Hm Ep n), (iter_mod f m q Hm Eq n).
    apply Hmin, Nat.mod_upper_bound; lia.
Qed.

Lemma proximal_asymptotic f m x y p q : (0 < m)%nat -> iter m f p = p -> iter m f q = q ->
  asymptotic f x p -> asymptotic f y q -> proximal f x y -> asymptotic f x y.
Proof.
  intros Hm Ep Eq Hx Hy Hp. destruct (Req_dec p q) as [<-|Hne].
  - apply (asymptotic_trans f x p y Hx), asymptotic_sym, Hy.
  - exfalso. destruct (cycle_points_apart f m p q Hm Ep Eq Hne) as [d [Hd Hmin]].
    rewrite asymptotic_eps in Hx, Hy.
    destruct (Hx (d / 4) ltac:(lra)) as [N1 HN1]. destruct (Hy (d / 4) ltac:(lra)) as [N2 HN2].
    destruct (Hp (d / 4) ltac:(lra) (Nat.max N1 N2)) as [n [Hn Hxy]].
    specialize (HN1 n ltac:(lia)). specialize (HN2 n ltac:(lia)). specialize (Hmin n).
    apply Rabs_def2 in HN1, HN2, Hxy.
    assert (Rabs (iter n f p - iter n f q) < d) by (apply Rabs_def1; lra). lra.
Qed.

(* A periodic point asymptotic to a cycle is on it. *)
Lemma asymptotic_periodic f m d x p : (0 < m)%nat -> iter m f p = p -> asymptotic f x p ->
  least_period f d x -> Nat.divide d m.
Proof.
  intros Hm Ep Hx L. assert (E : x = p); [|subst x; apply (least_period_divides f d p); auto].
  destruct L as [Hd [Ex _]]. destruct (Req_dec x p) as [|Hne]; auto. exfalso.
  destruct (cycle_points_apart f (d * m) x p) as [e [He Hmin]]; auto; try nia.
  - rewrite Nat.mul_comm. apply periodic_mult; auto.
  - apply periodic_mult; auto.
  - rewrite asymptotic_eps in Hx. destruct (Hx e He) as [N HN]. specialize (HN N (le_n N)).
    specialize (Hmin N). lra.
Qed.

(* ---- Order on an interval ---- *)

Lemma ordered_intro f lo hi m : (0 < m)%nat ->
  (forall x, lo <= x <= hi -> exists p, lo <= p <= hi /\ iter m f p = p /\ asymptotic f x p) ->
  ordered f lo hi m.
Proof.
  intros Hm HA. split; [|split].
  - intros x Hx. destruct (HA x Hx) as [p [Hp [Ep Ap]]].
    destruct (least_period_exists f m p Hm Ep) as [d [Hd Hdm]]. exists p, d; auto.
  - intros x d Hx L. destruct (HA x Hx) as [p [_ [Ep Ap]]]. apply (asymptotic_periodic f m d x p); auto.
  - intros x y Hx Hy [Hd Hp]. destruct (HA x Hx) as [p [_ [Ep Ap]]]. destruct (HA y Hy) as [q [_ [Eq Aq]]].
    apply (asymptotic_not_distal f x y); auto. apply (proximal_asymptotic f m x y p q); auto.
Qed.

Theorem order_certificate f lo hi m : (0 < m)%nat -> cont_on f lo hi -> selfmap f lo hi ->
  (forall x, lo <= x <= hi -> iter (2 * m) f x = x -> iter m f x = x) ->
  ordered f lo hi m.
Proof.
  intros Hm Hc Hs H2. apply ordered_intro; auto. intros x Hx. assert (Hl : lo <= hi) by lra.
  set (F := ext f lo hi).
  assert (E : forall n u, lo <= u <= hi -> iter n F u = iter n f u) by (intros; apply ext_iter; auto).
  assert (Hr : forall u, lo <= F u <= hi) by (intro u; apply Hs, clamp_range; auto).
  assert (HF : continuity F) by (apply ext_cont; auto).
  destruct (coppel_global (iter m F) lo hi) with (x := x) as [p [Hp [Ep Hcv]]]; auto.
  - apply iter_cont, HF.
  - intro u. destruct m; [lia|apply Hr].
  - intros u Eu. assert (Hu : lo <= u <= hi) by (rewrite <- Eu; destruct m; [lia|apply Hr]).
    rewrite iter_iter in Eu. rewrite E in * by auto. auto.
  - exists p. split; auto. split; [rewrite <- E; auto|].
    pose proof (asymptotic_of_iterate F m x p HF Hm Ep Hcv) as A. rewrite asymptotic_eps in *.
    intros e He; destruct (A e He) as [N HN]; exists N; intros n Hn. rewrite <- !E by auto. auto.
Qed.

(* The certificate needs to look only at a set K that every orbit enters after N steps: a fixed point of
   f^(2m) is the end of an orbit of any length. *)
Lemma enough_on_core (J K : R -> Prop) f m N : (0 < m)%nat ->
  (forall x, J x -> J (f x)) -> (forall x, J x -> K (iter N f x)) ->
  (forall x, K x -> iter (2 * m) f x = x -> iter m f x = x) ->
  forall x, J x -> iter (2 * m) f x = x -> iter m f x = x.
Proof.
  intros Hm HJ HN HK x Hx E. apply HK; auto.
  assert (HJn : forall n, J (iter n f x)) by (induction n; simpl; auto).
  rewrite <- (periodic_mult f (2 * m) x E N).
  replace (N * (2 * m))%nat with (N + (N * (2 * m) - N))%nat by nia. rewrite iter_add. auto.
Qed.

Theorem order_certificate_core f lo hi c d m N : (0 < m)%nat -> cont_on f lo hi -> selfmap f lo hi ->
  (forall x, lo <= x <= hi -> c <= iter N f x <= d) ->
  (forall x, c <= x <= d -> iter (2 * m) f x = x -> iter m f x = x) ->
  ordered f lo hi m.
Proof.
  intros Hm Hc Hs HN HK. apply order_certificate; auto.
  apply (enough_on_core (fun x => lo <= x <= hi) (fun x => c <= x <= d) f m N); auto.
Qed.

(* ---- The hypothesis is necessary; the readable form "all least periods divide m" ---- *)

Theorem order_iff f lo hi m : (0 < m)%nat -> cont_on f lo hi -> selfmap f lo hi ->
  (ordered f lo hi m <-> forall x, lo <= x <= hi -> iter (2 * m) f x = x -> iter m f x = x).
Proof.
  intros Hm Hc Hs. split; [|apply order_certificate; auto].
  intros [_ [HP _]] x Hx E.
  destruct (least_period_exists f (2 * m) x ltac:(lia) E) as [d [Hd _]].
  destruct (HP x d Hx Hd) as [k ->]. apply periodic_mult, Hd.
Qed.

Theorem order_iff_periods f lo hi m : (0 < m)%nat -> cont_on f lo hi -> selfmap f lo hi ->
  (ordered f lo hi m <-> forall x d, lo <= x <= hi -> least_period f d x -> Nat.divide d m).
Proof.
  intros Hm Hc Hs. split; [intros [_ [HP _]]; exact HP|].
  intro HP. apply order_certificate; auto. intros x Hx E.
  destruct (least_period_exists f (2 * m) x ltac:(lia) E) as [d [Hd _]].
  destruct (HP x d Hx Hd) as [k ->]. apply periodic_mult, Hd.
Qed.

(* At level j: order means that there is no point of least period 2^(j+1).  (A divisor of 2^(j+1) divides
   2^j or is 2^(j+1) itself.) *)
Lemma divides_pow2 d j : Nat.divide d (2 ^ S j) -> d = (2 ^ S j)%nat \/ Nat.divide d (2 ^ j).
Proof.
  intros [q Hq]. destruct (Nat.Even_or_Odd q) as [[k Hk]|Ho].
  - right. exists k. rewrite Nat.pow_succ_r' in Hq. nia.
  - left. assert (Hdiv : Nat.divide q (2 ^ S j)) by (exists d; rewrite Hq; apply Nat.mul_comm).
    rewrite (odd_divides_pow2 q (S j) Ho Hdiv) in Hq. lia.
Qed.

Theorem order_iff_no_period f lo hi j : cont_on f lo hi -> selfmap f lo hi ->
  (ordered f lo hi (2 ^ j) <-> ~ exists x, lo <= x <= hi /\ least_period f (2 ^ S j) x).
Proof.
  intros Hc Hs. pose proof (pow2_pos j) as Hj. split.
  - intros [_ [HP _]] (x & Hx & L). pose proof (Nat.divide_pos_le _ _ Hj (HP x _ Hx L)) as Hle.
    rewrite Nat.pow_succ_r' in Hle. lia.
  - intro Hno. apply order_certificate; auto. intros x Hx E.
    destruct (least_period_exists f (2 * 2 ^ j) x ltac:(lia) E) as [d [Ld Hd]].
    destruct (divides_pow2 d j Hd) as [->|[k ->]].
    + exfalso. apply Hno. exists x; auto.
    + apply periodic_mult, Ld.
Qed.

(* ---- Order excludes chaos ---- *)

Theorem ordered_no_scrambled f lo hi m : ordered f lo hi m -> ~ has_scrambled f lo hi.
Proof.
  intros (_ & _ & HLY) (S & Sin & _ & Sunc & Sscr & _).
  destruct (Sunc (fun _ => lo)) as [x [Sx _]]. destruct (Sunc (fun _ => x)) as [y [Sy Hy]].
  exact (HLY x y (Sin x Sx) (Sin y Sy) (Sscr x y Sx Sy (Hy 0%nat))).
Qed.

Corollary ordered_not_chaotic f lo hi m : ordered f lo hi m -> ~ chaotic f lo hi.
Proof. intros O [C _]. exact (ordered_no_scrambled f lo hi m O C). Qed.
